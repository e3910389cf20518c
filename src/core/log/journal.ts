/** How a log that is a unit's entries in systemd's journal is named where others have a path: `journal:caddy.service`. */
const PREFIX = 'journal:';

/** The unit of a log that is in the journal; `.service` where no type is said, as systemctl(1) has it. undefined: the log is a file. */
export function unitOf(path: string): string | undefined {
  if (!path.startsWith(PREFIX)) return undefined;
  const unit = path.slice(PREFIX.length);
  return unit === '' || TYPE.test(unit) ? unit : `${unit}.service`;
}

const TYPE = /\.(?:service|socket|scope|mount|slice|timer|path|swap|target|device|automount)$/;

/** A log's name as it is kept: what a person named, with the unit's type where that was left out. */
export function canonicalLog(path: string): string {
  const unit = unitOf(path);
  return unit === undefined ? path : PREFIX + unit;
}
