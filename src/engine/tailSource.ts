/** What tailLog follows: how the host's end reads it, and how what comes from there becomes lines and marks. */
export interface TailSource {
  /** By what another connection goes on where this one ended. */
  readonly by: 'offset' | 'cursor';
  /** Something was read, behind which another connection can go on. */
  readonly resumable: () => boolean;
  /** The script of the next connection. `word` begins its marks. */
  readonly script: (word: string) => string;
  /** Takes the output of that script. Throws HostError when the host's end says that it has ended. */
  readonly reader: (word: string, heard: Heard) => (chunk: Uint8Array) => void;
}

/** What is known of the host's end by its marks. */
export interface Heard {
  /** Since the mark before. */
  readonly seconds: () => number;
  /** A mark has come, and what it says is done. */
  readonly alive: () => void;
}
