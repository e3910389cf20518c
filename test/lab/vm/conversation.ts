import { addressOption, encode, flags, quad, type Quad, type Segment } from './frames';

/** One visitor's connection through the scrubbing centre, or directly. */
export interface Visit {
  /** The address that the origin's kernel sees. Default: the next back-to-origin address. */
  readonly from?: string;
  /** The visitor's own address. Default: the next of 203.0.113.x. */
  readonly visitor?: string;
  readonly visitorPort?: number;
  /** Where the option stands. Default: both, as behind a scrubbing centre; with deferred accept the data segment counts. */
  readonly on?: readonly ('syn' | 'ack' | 'data')[];
  /** Kind of the option: 254 is what toa reads. */
  readonly kind?: number;
  /** The origin's port. Default 80: nginx on IPv4; 81: dual-stack; 82: deferred accept. */
  readonly port?: number;
  /** Default `/`. */
  readonly path?: string;
  /** User-Agent. Default none. */
  readonly agent?: string;
  /** X-Forwarded-For, as a proxy of a website service sends it. Default none. */
  readonly forwardedFor?: string;
  /** Requests on the one (keep-alive) connection. Default 1. */
  readonly requests?: number;
  /** Between two requests, milliseconds. Default 0. */
  readonly pause?: number;
}

export interface Visited {
  readonly from: string;
  readonly fromPort: number;
  readonly visitor: string;
  /** What the web server answered to each request, without its headers. */
  readonly answers: readonly string[];
}

/** Who takes the segments that come for one port of ours. */
export interface Connection {
  readonly receive: (segment: Segment) => void;
  readonly fail: (error: Error) => void;
}

/** The addresses and ports of one visit. */
interface Parties {
  readonly from: string;
  readonly fromPort: number;
  readonly visitor: string;
}

const origin: Quad = [192, 0, 2, 10];
const originMac = Buffer.from('525400000010', 'hex');
const nothing = Buffer.alloc(0);
/** Milliseconds for a whole visit, and until what was not answered is sent again. */
const deadline = 60_000;
const retry = 2000;

/** One TCP connection with its HTTP requests, registered in `connections` under its port while it lasts. */
export function converse(
  connections: Map<number, Connection>,
  send: (frame: Buffer) => void,
  visit: Visit,
  who: Parties,
): Promise<Visited> {
  const on = visit.on ?? ['ack', 'data'];
  const option = addressOption(visit.kind ?? 254, visit.visitorPort ?? who.fromPort, quad(who.visitor));
  const optionOn = (place: 'syn' | 'ack' | 'data') => (on.includes(place) ? option : nothing);
  const maximumSegment = Buffer.from([2, 4, 5, 180]);
  const requests = visit.requests ?? 1;
  const header = (name: string, value: string | undefined) => (value === undefined ? '' : `${name}: ${value}\r\n`);
  const headers = header('User-Agent', visit.agent) + header('X-Forwarded-For', visit.forwardedFor);
  return new Promise((resolve, reject) => {
    let sequence = Math.floor(Math.random() * 2 ** 32);
    let acknowledged = 0;
    let state: 'opening' | 'open' = 'opening';
    let sent = 0;
    let pending = '';
    let again: NodeJS.Timeout | undefined;
    const answers: string[] = [];

    const segment = (bits: number, options: Buffer, data: Buffer = nothing) =>
      send(
        encode(
          {
            from: quad(who.from),
            to: origin,
            fromPort: who.fromPort,
            toPort: visit.port ?? 80,
            sequence,
            acknowledged,
            flags: bits,
            options,
            data,
          },
          originMac,
        ),
      );
    const insist = (act: () => void) => {
      clearInterval(again);
      act();
      again = setInterval(act, retry);
    };
    const done = (outcome: Error | undefined) => {
      clearInterval(again);
      clearTimeout(limit);
      connections.delete(who.fromPort);
      if (outcome) reject(outcome);
      else resolve({ ...who, answers });
    };
    const limit = setTimeout(() => {
      segment(flags.rst | flags.ack, nothing);
      done(new Error(`No answer in ${deadline / 1000} s after ${sent} requests.`));
    }, deadline);

    const request = () => {
      const last = sent === requests - 1;
      const text = `GET ${visit.path ?? '/'} HTTP/1.1\r\nHost: origin\r\n${headers}Connection: ${last ? 'close' : 'keep-alive'}\r\n\r\n`;
      // The option stands on the first data segment only: that is the one that can end a deferred handshake.
      const options = sent === 0 ? optionOn('data') : nothing;
      const data = Buffer.from(text);
      insist(() => segment(flags.psh | flags.ack, options, data));
      sent++;
    };
    const answered = () => {
      const whole = takeAnswer(pending);
      if (!whole) return;
      pending = whole.rest;
      answers.push(whole.body);
      clearInterval(again);
      if (sent < requests) setTimeout(request, visit.pause ?? 0);
    };

    const receive = (got: Segment) => {
      if (got.flags & flags.rst) {
        done(new Error(`The origin reset the connection (${state}).`));
        return;
      }
      if (state === 'opening') {
        if ((got.flags & (flags.syn | flags.ack)) !== (flags.syn | flags.ack)) return;
        state = 'open';
        sequence = got.acknowledged;
        acknowledged = (got.sequence + 1) >>> 0;
        segment(flags.ack, optionOn('ack'));
        request();
        return;
      }
      if (got.flags & flags.syn) {
        segment(flags.ack, optionOn('ack'));
        return;
      } // our acknowledgement was lost
      if (after(got.acknowledged, sequence)) {
        clearInterval(again);
        sequence = got.acknowledged;
      }
      if (got.sequence !== acknowledged) {
        if (got.data.length > 0) segment(flags.ack, nothing); // out of order or known
        return;
      }
      acknowledged = (acknowledged + got.data.length) >>> 0;
      pending += got.data.toString('latin1');
      if (got.flags & flags.fin) {
        acknowledged = (acknowledged + 1) >>> 0;
        segment(flags.fin | flags.ack, nothing);
        answered();
        done(answers.length === requests ? undefined : new Error(`The origin closed after ${answers.length} answers.`));
        return;
      }
      if (got.data.length > 0) segment(flags.ack, nothing);
      answered();
    };
    connections.set(who.fromPort, { receive, fail: done });
    insist(() => segment(flags.syn, Buffer.concat([maximumSegment, optionOn('syn')])));
  });
}

/** Is sequence number `a` later than `b`, modulo 2^32? */
function after(a: number, b: number): boolean {
  return ((a - b) | 0) > 0;
}

/** A whole HTTP answer with Content-Length at the beginning of `text`. */
function takeAnswer(text: string): { readonly body: string; readonly rest: string } | undefined {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return undefined;
  const length = Number(/^content-length: *(\d+)/im.exec(text.slice(0, head))?.[1] ?? 0);
  const end = head + 4 + length;
  return text.length < end ? undefined : { body: text.slice(head + 4, end), rest: text.slice(end) };
}
