/** A row of the tree, by key: the provider looks up what it shows at the moment it is drawn. */
export type TreeNode = GroupNode | HostNode | PartNode | LogNode;

export interface GroupNode {
  readonly kind: 'group';
  readonly name: string;
}

export interface HostNode {
  readonly kind: 'host';
  readonly hostId: string;
}

export interface PartNode {
  readonly kind: 'part';
  readonly hostId: string;
  readonly part: 'kernel' | 'module' | 'autoload' | 'defaultKernel';
}

export interface LogNode {
  readonly kind: 'log';
  readonly hostId: string;
  readonly path: string;
}

/** A guard for what a menu passes to a command. */
export function isTreeNode(value: unknown): value is TreeNode {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
}
