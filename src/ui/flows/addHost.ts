import { l10n, window } from 'vscode';
import type { Ui } from '../context';
import type { HostEntry } from '../settings';
import { HOST_NAME, settings } from '../settings';

/** One question of the sequence. An empty answer means: as the SSH configuration says. */
interface Question {
  readonly title: string;
  readonly prompt: string;
  readonly placeHolder?: string;
  readonly validate: (text: string) => string | undefined;
}

/** Asks for a host in five short questions and writes it to the user's settings. Escape ends it with nothing written. */
export async function addHostFlow(ui: Ui): Promise<void> {
  const taken = new Set(settings.hosts().hosts.map(({ name }) => name));
  const none = (): undefined => undefined;
  const questions: Readonly<Record<keyof Omit<HostEntry, 'logs'>, Question>> = {
    name: {
      title: l10n.t('Name'),
      prompt: l10n.t('What the tree shows. A name of your SSH configuration takes its settings from there.'),
      placeHolder: 'web-01',
      validate: (text) => {
        if (!HOST_NAME.test(text)) return l10n.t('Letters, digits and . _ @ : % + - only, beginning with a letter or digit');
        return taken.has(text) ? l10n.t('There is a host of this name already') : undefined;
      },
    },
    address: {
      title: l10n.t('Address'),
      prompt: l10n.t('Address or DNS name; nothing: the name, or what the SSH configuration says for it'),
      placeHolder: '198.51.100.10',
      validate: (text) => (/^[A-Za-z0-9._:%-]*$/.test(text) && !text.startsWith('-') ? undefined : l10n.t('Not an address or DNS name')),
    },
    user: {
      title: l10n.t('User'),
      prompt: l10n.t('User to sign in as; nothing: as the SSH configuration says'),
      validate: (text) => (/^[^\s@-][^\s@]*$|^$/.test(text) ? undefined : l10n.t('Not a user name')),
    },
    port: {
      title: l10n.t('Port'),
      prompt: l10n.t('TCP port of the SSH server; nothing: as the SSH configuration says, else 22'),
      placeHolder: '22',
      validate: (text) =>
        text === '' || (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535)
          ? undefined
          : l10n.t('A number from 1 to 65535'),
    },
    group: {
      title: l10n.t('Group'),
      prompt: l10n.t('Heading of the tree, such as Test or Production; nothing: none'),
      placeHolder: 'Test',
      validate: none,
    },
  };
  const answers: Record<string, string> = {};
  const all = Object.entries(questions);
  for (const [i, [key, question]] of all.entries()) {
    const answer = await window.showInputBox({
      title: l10n.t('Add Host: {0} ({1}/{2})', question.title, i + 1, all.length),
      prompt: question.prompt,
      ...(question.placeHolder === undefined ? {} : { placeHolder: question.placeHolder }),
      validateInput: (text) => question.validate(text.trim()),
      ignoreFocusOut: true,
    });
    if (answer === undefined) return;
    answers[key] = answer.trim();
  }
  await settings.addHost(entryOf(answers));
  await ui.listHosts();
  // Accepting a new host key is the first thing that a new host needs, so this probe may ask.
  const added = ui.store.views().find(({ host }) => host.name === answers.name);
  if (added !== undefined) await ui.store.refresh([added.host.id], { prompts: ui.prompts, signal: AbortSignal.timeout(300_000) });
}

function entryOf(answers: Record<string, string>): HostEntry {
  const { name = '', port, ...rest } = answers;
  const given = Object.entries(rest).filter(([, value]) => value !== '');
  return { name, ...Object.fromEntries(given), ...(port === undefined || port === '' ? {} : { port: Number(port) }) };
}
