import sh, { type Node } from 'mvdan-sh';

/** A simple command of a script: its words with quotes taken off; `\0` stands for what only the running script knows. */
export interface Command {
  readonly line: number;
  readonly words: readonly string[];
}

const { syntax } = sh;

/** All simple commands of a POSIX script, wherever they stand, and the functions that it defines. Throws on what is not POSIX sh. */
export function commandsOf(text: string, name: string): { readonly commands: readonly Command[]; readonly functions: readonly string[] } {
  const commands: Command[] = [];
  const functions: string[] = [];
  const file = syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(text, name);
  syntax.Walk(file, (node) => {
    if (node === null) return true;
    const type = syntax.NodeType(node);
    if (type === 'FuncDecl') functions.push(node.Name!.Value);
    if (type === 'CallExpr' && node.Args!.length > 0) {
      commands.push({ line: node.Pos().Line(), words: node.Args!.map(textOf) });
    }
    return true;
  });
  return { commands, functions };
}

function textOf(node: Node): string {
  const type = syntax.NodeType(node);
  if (type === 'Lit' || type === 'SglQuoted') return node.Value ?? '';
  return type === 'Word' || type === 'DblQuoted' ? (node.Parts ?? []).map(textOf).join('') : '\0';
}
