/**
 * The only file that knows the Webview UI Toolkit: it is no longer maintained, and whoever replaces it replaces this.
 * Its styles are adopted style sheets; the one `<style>` element it tries focus-visible with takes the page's nonce (the
 * page's `csp-nonce` meta element), so the panel's CSP needs no `unsafe-*`.
 */
import { provideVSCodeDesignSystem, vsCodeButton } from '@vscode/webview-ui-toolkit';

/** Makes `<vscode-button>` known. Only what the panel uses is registered. */
export function registerComponents(): void {
  provideVSCodeDesignSystem().register(vsCodeButton());
}

/** A button with an optional codicon before its words. `set` changes both. */
export function button(options: { readonly primary: boolean; readonly onClick: () => void }): {
  readonly element: HTMLElement;
  readonly set: (icon: string | undefined, label: string) => void;
} {
  const element = document.createElement('vscode-button');
  element.setAttribute('appearance', options.primary ? 'primary' : 'secondary');
  element.addEventListener('click', options.onClick);
  const icon = document.createElement('span');
  icon.slot = 'start';
  // A text node: the toolkit gives every slotted span the size of an icon.
  const text = document.createTextNode('');
  element.append(text);
  return {
    element,
    set: (name, label) => {
      if (text.data !== label) text.data = label;
      if (name === undefined) icon.remove();
      else if (icon.dataset.icon !== name) {
        icon.dataset.icon = name;
        icon.className = `codicon codicon-${name}`;
        element.prepend(icon);
      }
    },
  };
}
