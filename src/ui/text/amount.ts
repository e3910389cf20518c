const grouped = new Intl.NumberFormat('en-US');

/** A whole number with thousands separators: `50,961,408`. */
export const count = (value: number): string => grouped.format(value);

/** Bytes as mebibytes in the way people read sizes of packages: `48.6 MB`; small ones as `3 KB`. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${Math.round(bytes)} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  const mebibytes = bytes / (1024 * 1024);
  return `${mebibytes < 100 ? mebibytes.toFixed(1) : Math.round(mebibytes)} MB`;
}

/** A share in per cent with one digit, `96.7 %`. */
export const share = (part: number, whole: number): string => `${(whole === 0 ? 0 : (100 * part) / whole).toFixed(1)} %`;

/** `3.10.0-957.el7.x86_64` without its architecture, as people name kernels. */
export const kernelName = (release: string): string => release.replace(/\.(x86_64|i[3-6]86)$/, '');
