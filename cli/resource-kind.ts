import type { KnownRelease } from "./release-spec";

/** What a dynamic resource of a release holds; `components/forwarder.ts` says which operation has which effect. */
export interface Props extends KnownRelease {
  readonly hash: string;
  readonly recordId?: string;
}

/** One kind of resource: how it is made real, and whether what the state says of it still holds. */
export interface Kind<P extends Props> {
  apply(props: P): Promise<object>;
  changed(olds: P, news: P): Promise<boolean>;
  read(props: P): Promise<object>;
}
