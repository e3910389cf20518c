import { EventEmitter } from 'vscode';
import type { Event, TreeDataProvider, TreeItem } from 'vscode';
import type { Ability } from '../can';
import type { HostView } from '../../engine/hostStore';
import { groupDescription, groupItem, hostItem, logItem, partItem } from './items';
import type { GroupNode, HostNode, LogNode, PartNode, TreeNode } from './node';

/** What the tree is drawn from. */
export interface TreeSource {
  views(): readonly HostView[];
  view(hostId: string): HostView | undefined;
  abilities(view: HostView): ReadonlySet<Ability>;
  now(): number;
}

export interface HostTree extends TreeDataProvider<TreeNode> {
  readonly onDidChangeTreeData: Event<TreeNode | undefined>;
  dispose(): void;
  /** Draws these hosts and their groups again; undefined: all. */
  changed(hostIds: readonly string[] | undefined): void;
  /** The node of a host, for reveal. */
  node(hostId: string): HostNode | undefined;
}

const PARTS: readonly PartNode['part'][] = ['kernel', 'module', 'autoload', 'defaultKernel'];

/** The tree of hosts: groups, hosts, and what a probe saw of each. Nodes are kept, because the editor compares them by identity. */
export function createHostTree(source: TreeSource): HostTree {
  const emitter = new EventEmitter<TreeNode | undefined>();
  const nodes = new Map<string, TreeNode>();
  const kept = <T extends TreeNode>(key: string, node: T): T => {
    const known = nodes.get(key);
    if (known !== undefined) return known as T;
    nodes.set(key, node);
    return node;
  };
  const groupNode = (name: string): GroupNode => kept(`group:${name}`, { kind: 'group', name });
  const hostNode = (hostId: string): HostNode => kept(`host:${hostId}`, { kind: 'host', hostId });
  const partNode = (hostId: string, part: PartNode['part']): PartNode => kept(`part:${hostId}:${part}`, { kind: 'part', hostId, part });
  const logNode = (hostId: string, path: string): LogNode => kept(`log:${hostId}:${path}`, { kind: 'log', hostId, path });

  const described = new Map<string, string>();
  const members = (group: string | undefined): HostView[] => source.views().filter((view) => view.host.group === group);
  const roots = (): TreeNode[] => {
    const groups = [...new Set(source.views().flatMap((view) => view.host.group ?? []))];
    return [...groups.map(groupNode), ...members(undefined).map((view) => hostNode(view.host.id))];
  };
  const parts = (view: HostView): TreeNode[] => [
    ...(view.facts === undefined ? [] : PARTS.map((part) => partNode(view.host.id, part))),
    ...logPaths(view).map((path) => logNode(view.host.id, path)),
  ];

  return {
    onDidChangeTreeData: emitter.event,
    getChildren: (node) => {
      if (node === undefined) return roots();
      if (node.kind === 'group') return members(node.name).map((view) => hostNode(view.host.id));
      const view = node.kind === 'host' ? source.view(node.hostId) : undefined;
      return view === undefined ? [] : parts(view);
    },
    getParent: (node) => {
      if (node.kind === 'group') return undefined;
      const group = source.view(node.hostId)?.host.group;
      if (node.kind === 'host') return group === undefined ? undefined : groupNode(group);
      return hostNode(node.hostId);
    },
    getTreeItem: (node) => {
      if (node.kind === 'group') described.set(node.name, groupDescription(members(node.name)));
      return treeItem(node, source, members);
    },
    changed: (hostIds) => {
      if (hostIds === undefined) {
        emitter.fire(undefined);
        return;
      }
      const redrawn = new Set<string>();
      for (const name of new Set(hostIds.flatMap((id) => source.view(id)?.host.group ?? []))) {
        // Firing a group draws all its hosts again, so that happens only when its own counts changed.
        const description = groupDescription(members(name));
        if (described.get(name) === description) continue;
        redrawn.add(name);
        emitter.fire(groupNode(name));
      }
      for (const id of hostIds) {
        const group = source.view(id)?.host.group;
        if (group === undefined || !redrawn.has(group)) emitter.fire(hostNode(id));
      }
    },
    node: (hostId) => (source.view(hostId) === undefined ? undefined : hostNode(hostId)),
    dispose: () => emitter.dispose(),
  };
}

/** Logs the user named and those a probe found, each once. */
export const logPaths = (view: HostView): string[] => [
  ...new Set([...view.host.logs, ...(view.facts?.logs.map(({ path }) => path) ?? [])]),
];

function treeItem(node: TreeNode, source: TreeSource, members: (group: string) => HostView[]): TreeItem {
  if (node.kind === 'group') return groupItem(node.name, members(node.name));
  const view = source.view(node.hostId);
  // A row can be asked for after its host went away; it is about to be removed, so anything will do.
  if (view === undefined) return groupItem('', []);
  if (node.kind === 'host') return hostItem(view, source.abilities(view), source.now());
  if (node.kind === 'log')
    return logItem(
      node,
      view.facts?.logs.find(({ path }) => path === node.path),
    );
  return view.facts === undefined ? groupItem('', []) : partItem(node, view.facts);
}
