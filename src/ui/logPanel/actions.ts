import { commands } from 'vscode';
import type { PanelAction, ToPanel } from '../../shared/protocol';
import { CHOOSE } from '../flows/hosts';
import { columnsFlow } from './columns';
import { exportFlow } from './export';
import { jumpFlow } from './jump';
import type { PanelLines } from './lines';
import type { LookMemory } from './lookMemory';
import type { Sight } from './sight';
import type { WholeCount } from './wholeCount';

/** Carries out a button of the panel; `of`: the log that it is about. */
export function panelActions(
  all: PanelLines,
  sight: Sight,
  memory: LookMemory,
  post: (message: ToPanel) => void,
  goTo: (line: number) => void,
  count: WholeCount | undefined,
): (action: PanelAction, of: number) => Promise<void> {
  return async (action, of) => {
    const source = all.sources[of];
    switch (action) {
      case 'retry':
      case 'readWithSudo':
        source?.start({ ask: true, root: action === 'readWithSudo' || source.asRoot() });
        break;
      case 'jumpToTime': {
        const line = await jumpFlow(all, sight.view);
        if (line !== undefined) goTo(line);
        break;
      }
      case 'columns': {
        const look = await columnsFlow(memory.get(), all.sources.length > 1);
        if (look === undefined) return;
        memory.set(look);
        post({ type: 'look', ...look });
        break;
      }
      case 'export':
        await exportFlow(all, sight.view);
        break;
      case 'countWholeFile':
        await count?.start();
        break;
      case 'endCount':
        count?.end();
        break;
      case 'pickHosts':
        await commands.executeCommand('toa.openMergedLog');
        break;
      default:
        await commands.executeCommand(
          COMMANDS[action],
          { kind: 'host', hostId: source?.log.hostId },
          action === 'pickLog' ? CHOOSE : undefined,
        );
    }
  };
}

const COMMANDS = {
  install: 'toa.install',
  reboot: 'toa.reboot',
  load: 'toa.loadModule',
  verify: 'toa.verify',
  ownAddress: 'toa.ownAddress',
  setRanges: 'toa.setRanges',
  refresh: 'toa.refresh',
  pickLog: 'toa.openLog',
} as const;
