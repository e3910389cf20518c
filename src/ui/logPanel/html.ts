import { randomBytes } from 'node:crypto';
import { Uri, type Webview } from 'vscode';

/** The panel's page: nothing from anywhere but the extension's own files. The toolkit finds the nonce for its style element in `csp-nonce`. */
export function panelHtml(webview: Webview, extensionUri: Uri, language: string): string {
  const file = (name: string): string => webview.asWebviewUri(Uri.joinPath(extensionUri, 'dist', 'webview', name)).toString();
  const nonce = randomBytes(16).toString('base64');
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${webview.cspSource} 'nonce-${nonce}'; font-src ${webview.cspSource};`;
  return `<!DOCTYPE html>
<html lang="${/^[A-Za-z-]{2,20}$/.test(language) ? language : 'en'}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="${file('log-panel.css')}">
</head>
<body><script nonce="${nonce}" src="${file('log-panel.js')}"></script></body>
</html>`;
}
