import { processor } from "../lib/data/conductor/processor";
import { engineMain } from "./engine-main";

void engineMain(processor);
