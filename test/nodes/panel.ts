import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sublimeSearch } from '@n8n/utils/search/sublime-search';
import type { CodexData, INodeTypeDescription } from 'n8n-workflow';
import { ownNode, PACKAGE } from '../harness';

/*
 * The search of n8n's node panel, as its editor (2.41) does it from the root of the panel: over what all
 * packages of an n8n have, with the editor's own function and weights.
 */

type Panelled = INodeTypeDescription & { codex?: CodexData };

const packages = join(__dirname, '../../node_modules');
const nodesFolder = join(__dirname, '../../nodes');

/** Our nodes, with what stands in the file beside each. */
export const ownNodes: Panelled[] = readdirSync(nodesFolder, { recursive: true, encoding: 'utf8' })
	.filter((file) => file.endsWith('.node.ts'))
	.map((file) => {
		const codex = readFileSync(join(nodesFolder, file.replace(/\.ts$/, '.json')), 'utf8');
		const { description } = ownNode(basename(file, '.node.ts'));
		return { ...description, name: `${PACKAGE}.${description.name}`, codex: JSON.parse(codex) };
	});

/** The nodes of one of n8n's own packages, in their newest version, without the tools made of them. */
function nodesOf(pack: string): Panelled[] {
	const file = join(packages, pack, 'dist/types/nodes.json');
	const all = JSON.parse(readFileSync(file, 'utf8')) as Panelled[];
	const newest = new Map(all.map((node) => [node.name, { ...node, name: `${pack}.${node.name}` }]));
	return [...newest.values()];
}

/** By how much the editor prefers nodes that many use; it has the figures in one of its files. */
function popularity(): Map<string, number> {
	const assets = join(packages, 'n8n-editor-ui/dist/assets');
	const scripts = readdirSync(assets).filter((file) => file.endsWith('.js'));
	const figures = scripts.flatMap((file) =>
		[
			...readFileSync(join(assets, file), 'utf8').matchAll(
				/\{id:[`"]([^`"]+)[`"],popularity:([\d.]+)\}/g,
			),
		].map(([, id, share]): [string, number] => [id!, Number(share) * 100]),
	);
	return new Map(figures);
}

const isTrigger = ({ group }: Panelled): boolean => group.includes('trigger');

/** A trigger stands in the panel with the node of its app, where there is one with actions. */
function withoutMergedTriggers(nodes: Panelled[]): Panelled[] {
	const actions = new Set(
		nodes
			.filter(
				(node) => !isTrigger(node) && node.properties.some(({ name }) => name === 'operation'),
			)
			.map(({ name }) => name),
	);
	return nodes.filter((node) => !isTrigger(node) || !actions.has(node.name.replace('Trigger', '')));
}

/** At the root of the panel, of the nodes of the category AI only the root nodes are found. */
function isAtRoot({ codex }: Panelled): boolean {
	if (!codex?.categories?.includes('AI')) return true;
	return codex.subcategories?.AI?.includes('Root Nodes') ?? false;
}

const items = (nodes: Panelled[]) =>
	withoutMergedTriggers(nodes.filter(({ hidden }) => !hidden))
		.filter(isAtRoot)
		.map((properties) => ({ key: properties.name, properties }));

const preferred = popularity();
const others = [...nodesOf('n8n-nodes-base'), ...nodesOf('@n8n/n8n-nodes-langchain')];

/**
 * What somebody finds who types these words.
 * @param own our nodes
 * @returns display names, best first
 */
export function search(words: string, own: Panelled[] = ownNodes): string[] {
	return sublimeSearch(words.toLowerCase(), items([...own, ...others]))
		.map(({ score, item }) => ({ score: score + (preferred.get(item.key) ?? 0), item }))
		.sort((a, b) => b.score - a.score)
		.map(({ item }) => item.properties.displayName);
}

/** What of that is ours. */
export function searchOwn(words: string, own: Panelled[] = ownNodes): string[] {
	const names = new Set(own.map(({ displayName }) => displayName));
	return search(words, own).filter((name) => names.has(name));
}
