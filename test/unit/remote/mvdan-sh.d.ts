/** The part of mvdan-sh (a shell parser) that the tests use; it brings no types of its own. */
declare module 'mvdan-sh' {
  export interface Node {
    readonly Pos: () => { Line(): number };
    readonly Args?: readonly Node[];
    readonly Parts?: readonly Node[];
    readonly Value?: string;
    readonly Name?: { readonly Value: string };
  }
  const sh: {
    readonly syntax: {
      NewParser(...options: unknown[]): { Parse(text: string, name: string): Node };
      Variant(language: unknown): unknown;
      readonly LangPOSIX: unknown;
      NodeType(node: Node): string;
      Walk(node: Node, visit: (node: Node | null) => boolean): void;
    };
  };
  export default sh;
}
