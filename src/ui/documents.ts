import { commands, EventEmitter, TabInputText, Uri, window, workspace } from 'vscode';

/** What one read-only document shows, and the value it was made from. */
interface Entry<T> {
  readonly uri: Uri;
  readonly value: T;
  readonly text: string;
}

/** Read-only Markdown documents of one scheme, one for each host; the latest is kept for reopening while the editor runs. */
export interface Documents<T> {
  readonly scheme: string;
  /** Replaces the host's document and shows it. */
  show(hostId: string, name: string, value: T, text: string): Promise<void>;
  /** Replaces it without showing. */
  put(hostId: string, name: string, value: T, text: string): void;
  /** Shows the latest again; false: there is none. */
  reopen(hostId: string): Promise<boolean>;
  has(hostId: string): boolean;
  latest(hostId: string): T | undefined;
  /** By a document's address, or the active editor's where none is given (title actions pass it, the palette does not). */
  at(uri: unknown): Entry<T> | undefined;
  dispose(): void;
}

/**
 * `title` names the document, without its `.md`. Documents that the editor still shows from before a restart are closed: nothing
 * stands behind them any more, so that their buttons could do nothing.
 */
export function createDocuments<T>(scheme: string, title: (name: string) => string): Documents<T> {
  const entries = new Map<string, Entry<T>>();
  const changed = new EventEmitter<Uri>();
  const registration = workspace.registerTextDocumentContentProvider(scheme, {
    onDidChange: changed.event,
    provideTextDocumentContent: (uri) => entries.get(uri.query)?.text ?? '',
  });
  const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
  void window.tabGroups.close(tabs.filter(({ input }) => input instanceof TabInputText && input.uri.scheme === scheme));
  const put = (hostId: string, name: string, value: T, text: string): Uri => {
    // A host's name is part of a path here: what would be read as a separator is taken out.
    const uri = Uri.from({ scheme, path: `/${title(name.replace(/[/\\?#]/g, '_'))}.md`, query: hostId });
    entries.set(hostId, { uri, value, text });
    changed.fire(uri);
    return uri;
  };
  const open = async (uri: Uri): Promise<void> => {
    await window.showTextDocument(await workspace.openTextDocument(uri), { preview: false });
    // The document may be open already in a state that an earlier plan left; its top is what is to be read first.
    await commands.executeCommand('cursorTop');
  };
  return {
    scheme,
    show: (hostId, name, value, text) => open(put(hostId, name, value, text)),
    put: (hostId, name, value, text) => void put(hostId, name, value, text),
    reopen: async (hostId) => {
      const entry = entries.get(hostId);
      if (entry !== undefined) await open(entry.uri);
      return entry !== undefined;
    },
    has: (hostId) => entries.has(hostId),
    latest: (hostId) => entries.get(hostId)?.value,
    at: (uri) => {
      const target = uri instanceof Uri ? uri : window.activeTextEditor?.document.uri;
      return target?.scheme === scheme ? entries.get(target.query) : undefined;
    },
    dispose: () => {
      registration.dispose();
      changed.dispose();
    },
  };
}
