import { l10n, ProgressLocation, QuickInputButtons, ThemeIcon, window } from 'vscode';
import type { QuickInputButton } from 'vscode';
import type { HostKeyRequest, Prompts, SecretRequest } from '../engine/ports';
import type { SecretCache } from './secretCache';
import { plain } from './text/hostile';

/**
 * Asks the person at the editor, one question at a time. What was given is kept in memory for the same host, user and
 * kind; it goes into the editor's secret storage only when *Remember* was pressed.
 */
export function createPrompts(cache: SecretCache): Prompts {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(ask: () => Promise<T>): Promise<T> => {
    const turn = last.then(ask, ask);
    last = turn.catch(() => undefined);
    return turn;
  };
  return {
    trustHostKey: (request, signal) =>
      inTurn(() => {
        // What waited for its turn too long is not asked any more.
        signal.throwIfAborted();
        return untilAborted(askTrust(request), signal);
      }),
    secret: (request, signal) =>
      inTurn(async () => {
        signal.throwIfAborted();
        const known = await cache.get(request);
        if (known !== undefined) return known;
        const answer = await askSecret(request, signal);
        if (answer !== undefined) await cache.put(request, answer.value, answer.remember);
        return answer?.value;
      }),
    refused: (request) => cache.drop(request),
    touch: ({ hop, detail }, signal) => {
      const title = l10n.t('Touch your security key to sign in to {0}. {1}', plain(hop, 80), plain(detail, 200));
      void window.withProgress({ location: ProgressLocation.Notification, title }, async () => {
        await new Promise<void>((resolve) => {
          if (signal.aborted) resolve();
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
      });
    },
  };
}

async function askTrust(request: HostKeyRequest): Promise<boolean> {
  const trust = l10n.t('Trust and Connect');
  const detail = [
    l10n.t('{address} is not in your known_hosts file. Its {type} key has the fingerprint', {
      address: plain(request.address),
      type: plain(request.keyType),
    }),
    plain(request.fingerprint),
    ...(request.unchecked
      ? [l10n.t('StrictHostKeyChecking is off for it, so anyone in between could be answering. A password is about to be sent.')]
      : []),
    l10n.t('Nothing secret has been sent.'),
  ];
  const chosen = await window.showWarningMessage(
    l10n.t('Trust the host key of {0}?', plain(request.hop)),
    { modal: true, detail: detail.join('\n\n') },
    trust,
  );
  return chosen === trust;
}

/** An input box that can be cancelled by the signal, with a button that says whether the answer is to be remembered. */
function askSecret(request: SecretRequest, signal: AbortSignal): Promise<{ value: string; remember: boolean } | undefined> {
  const box = window.createInputBox();
  const offer = request.kind !== 'answer';
  let remember = false;
  const button = (): QuickInputButton => ({
    iconPath: new ThemeIcon(remember ? 'save-all' : 'save'),
    tooltip: remember ? l10n.t('Will be remembered in the editor’s secret storage') : l10n.t('Remember in the editor’s secret storage'),
  });
  box.title = plain(request.hop === request.host ? request.host : `${request.hop} → ${request.host}`);
  box.prompt = secretPrompt(request);
  box.password = request.hidden;
  box.ignoreFocusOut = true;
  box.buttons = offer ? [button()] : [];
  return new Promise((resolve, reject) => {
    const end = (answer: { value: string; remember: boolean } | undefined): void => {
      signal.removeEventListener('abort', abort);
      resolve(answer);
      box.dispose();
    };
    const abort = (): void => {
      reject(signal.reason as Error);
      box.dispose();
    };
    signal.addEventListener('abort', abort, { once: true });
    box.onDidTriggerButton((pressed) => {
      if (pressed === QuickInputButtons.Back) return;
      remember = !remember;
      box.buttons = [button()];
    });
    box.onDidAccept(() => end({ value: box.value, remember }));
    box.onDidHide(() => end(undefined));
    box.show();
  });
}

function secretPrompt(request: SecretRequest): string {
  const [user, hop, detail] = [plain(request.user, 80), plain(request.hop, 80), plain(request.detail ?? '', 200)];
  switch (request.kind) {
    case 'password':
      return l10n.t('Password of {0} on {1}', user, hop);
    case 'passphrase':
      return l10n.t('Passphrase of the key {0}', detail);
    case 'sudo':
      return l10n.t('sudo password of {0} on {1}', user, hop);
    case 'answer':
      return l10n.t('{0} asks: {1}', hop, detail);
  }
}

/** A modal cannot be taken back; its late answer is dropped instead. */
function untilAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
