import { l10n } from 'vscode';
import { MARK } from '../../engine/logBuffer';
import type { KeptLine } from '../../engine/logLines';
import type { LogFormat } from '../../shared/logEntry';
import type { LogMark } from '../../shared/logMark';
import type { PanelDetail } from '../../shared/protocol';
import { addressClassText } from '../text/addressClass';
import { count } from '../text/amount';
import { lineText } from '../../engine/logBufferText';
import { markLook } from './marks';
import { readLine } from './rows';

/** Everything of a line. */
export function panelDetail(
  line: number,
  kept: KeptLine,
  { format, host }: { readonly format: LogFormat; readonly host: string },
): PanelDetail {
  if (kept.code === MARK) {
    return { line, class: 'unparsed', parts: [], text: markLook(JSON.parse(lineText(kept.bytes)) as LogMark, host).text };
  }
  const { text, class: addressClass, address, fields } = readLine(kept, format);
  const parts: (readonly [string, string | undefined])[] = [
    [l10n.t('Host'), host],
    [l10n.t('Time'), fields?.time],
    [l10n.t('Address'), address],
    [l10n.t('Class'), addressClassText(addressClass)],
    [l10n.t('Method'), fields?.method],
    [l10n.t('Request'), fields?.path],
    [l10n.t('Status'), fields?.status?.toString()],
    [l10n.t('Bytes'), fields?.bytes === undefined ? undefined : count(fields.bytes)],
    ['X-Forwarded-For', fields?.forwardedFor],
    [l10n.t('Order'), kept.late ? l10n.t('late: later lines of other hosts were shown before it came') : undefined],
  ];
  return {
    line,
    class: addressClass,
    ...(address === undefined ? {} : { address }),
    parts: parts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
    text,
  };
}
