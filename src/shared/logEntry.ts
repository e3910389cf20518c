/** What a log line says, as far as it could be read. All text is hostile: show it through `displayParts` only. */
export interface LogFields {
  /** The client's address in canonical form; undefined: the line holds none. */
  readonly address?: string;
  /** The host's own text, e.g. `14/May/2024:14:05:23 +0000`. */
  readonly time?: string;
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
  readonly bytes?: number;
  /** A filled X-Forwarded-For field. */
  readonly forwardedFor?: string;
}

/** How a log's lines are laid out. `unknown`: not (yet) recognised. */
export type LogFormat = 'common' | 'vhost' | 'json' | 'haproxy' | 'unknown' | OwnFormat;

/** A format of the server's own, as its configuration has it: `nginx $host $remote_addr …`, `httpd %v %h …` (quotes unescaped). */
export type OwnFormat = `nginx ${string}` | `httpd ${string}`;
