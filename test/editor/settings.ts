/** User settings that keep VS Code still: no welcome pages, tips, updates, look-ups or animations. */
export const quietSettings: Readonly<Record<string, unknown>> = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'workbench.colorTheme': 'Dark Modern',
  'workbench.reduceMotion': 'on',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'git.enabled': false,
  'remote.autoForwardPorts': false,
  'files.simpleDialog.enable': true,
  'window.restoreWindows': 'none',
  'window.confirmBeforeClose': 'never',
  'window.dialogStyle': 'custom',
  'window.menuBarVisibility': 'classic',
  'typescript.disableAutomaticTypeAcquisition': true,
  'json.schemaDownload.enable': false,
  'editor.minimap.enabled': false,
};

/** The themes screenshots are looked at in: the name in the theme picker and the class the workbench wears. */
export const themes = {
  dark: { name: 'Dark Modern', className: 'vs-dark' },
  light: { name: 'Light Modern', className: 'vs' },
  contrast: { name: 'Dark High Contrast', className: 'hc-black' },
  contrastLight: { name: 'Light High Contrast', className: 'hc-light' },
} as const;
