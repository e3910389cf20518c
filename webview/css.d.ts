/** Style sheets are bundled by esbuild into log-panel.css. */
declare module '*.css';
