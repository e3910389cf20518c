// Rules beyond the recommended ones: the direction of imports, exhaustive switches, no floating promises.
import tseslint from 'typescript-eslint';

/** Folder → what its files may not import. `shared ← core ← engine ← {ssh, ui} ← extension.ts`; `shared ← webview`. */
const fences = {
  'src/shared/**': ['**/core/**', '**/engine/**', '**/ssh/**', '**/ui/**', '**/remote/**', 'vscode', 'ssh2', 'node:*'],
  'src/core/**': ['**/engine/**', '**/ssh/**', '**/ui/**', '**/remote/*.ts', 'vscode', 'ssh2', 'node:*'],
  'src/engine/**': ['**/ssh/**', '**/ui/**', 'vscode', 'ssh2'],
  'src/ssh/**': ['**/ui/**', 'vscode'],
  'src/ui/**': ['**/ssh/**', 'ssh2'],
  'webview/**': ['**/core/**', '**/engine/**', '**/ssh/**', '**/ui/**', '**/remote/**', 'vscode', 'ssh2', 'node:*'],
};

export default tseslint.config(
  { ignores: ['dist/**', 'artefacts/**', 'node_modules/**', 'test/lab/**/*.c'] },
  {
    files: ['src/**/*.ts', 'webview/**/*.ts', 'test/**/*.ts', 'scripts/**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { project: ['tsconfig.json', 'webview/tsconfig.json', 'test/tsconfig.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'max-lines': ['warn', { max: 250, skipBlankLines: true, skipComments: true }],
    },
  },
  ...Object.entries(fences).map(([folder, forbidden]) => ({
    files: [`${folder}/*.ts`],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ group: forbidden, message: 'See ARCHITECTURE.md: imports point one way.' }] }],
    },
  })),
  {
    // Tests wait for real parts and read loose JSON; the rest holds.
    files: ['test/**/*.ts', 'scripts/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
);
