// What an engine serves over HTTP, as values.

export interface ServeRequest {
  /** 0: one that is free. */
  readonly port: number;
  /** Absent: this machine alone, 127.0.0.1. */
  readonly host?: string;
  /** Absent: Mailgun's webhooks are not taken. `keys`: one of them has signed each; `domain` null: any of the account. */
  readonly webhooks?: { readonly keys: readonly string[]; readonly domain: string | null };
  /** Absent: nothing is taken in over the tracking API. One of the keys comes with each request. */
  readonly writeKeys?: readonly string[];
  /** Told of mistakes of ours; whoever asked gets an answer all the same. */
  readonly onBug?: (error: unknown) => void;
}
export interface Served {
  /** Where it listens; the public comes by a proxy. */
  readonly url: string;
  /** Answers what was asked completely, then stops. */
  close(): Promise<void>;
}
