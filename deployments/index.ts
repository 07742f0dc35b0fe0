import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { stacksOf } from "./stacks";
import { StackDeployment } from "./stack-deployment";

const config = new pulumi.Config("slipway-deployments");
const organization = config.require("organization");
const repository = config.require("repository");
const { project, stacks } = stacksOf(join(__dirname, ".."));

/** One deployment a stack, in the stack files' order. */
export const deployments = stacks.map(
  (stack) => new StackDeployment(stack.environment, { organization, project, repository, stack }).released,
);
