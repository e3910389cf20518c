/** esbuild and vitest load the remote scripts as text. */
declare module '*.sh' {
  const text: string;
  export default text;
}
