import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { importsOf } from './imports';

/*
 * Who knows a platform's name: its own folders and the two registries, protocol/platforms.ts and
 * nodes/platforms/. Everybody else asks those.
 */

const root = join(__dirname, '..');
const SHIPPED = ['nodes', 'core', 'protocol', 'credentials'];
const OWN = /^(protocol\/(dingtalk|feishu|wecom)|nodes\/(DingTalk|Feishu|WeCom|platforms))\//;

/** Types and lists that name platforms on purpose; none of them decides anything by a name. */
const LISTS = [
	// The type Platform, its list, and what an answer on each platform needs.
	'protocol/message.ts',
	// Channels of alerts: e-mail and SMS are others.
	'core/alerts/contract.ts',
	'core/alerts/defaultRules.ts',
	// What operators may write for a platform in a chat command.
	'core/deadLetters/filter.ts',
	// The option that a new entry of a list starts with.
	'nodes/shared/node/operationsGroups.ts',
];

const namesIn = (text: string): boolean => /(['"`])(dingtalk|feishu|wecom)\1/.test(text);

function filesThatName(): string[] {
	return SHIPPED.flatMap((folder) =>
		readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
			.filter((name) => name.endsWith('.ts'))
			.map((name) => join(folder, name)),
	).filter((file) => !OWN.test(file) && namesIn(readFileSync(join(root, file), 'utf8')));
}

test('Nobody else names a platform', () => {
	expect(filesThatName().sort()).toEqual([...LISTS].sort());
});

test('Nobody but the registries imports a platform’s folder', () => {
	const folder = /^(nodes\/(DingTalk|Feishu|WeCom)|protocol\/(dingtalk|feishu|wecom))\//;
	// A credential authenticates requests to its own platform.
	const credential = /^credentials\/(DingTalk|Feishu|WeCom)\w+\.credentials\.ts$/;
	const isOwn = (file: string, target: string): boolean =>
		target.startsWith(`protocol/${credential.exec(file)?.[1]!.toLowerCase()}/`);
	const importers = SHIPPED.flatMap((folder) => importsOf(folder))
		.filter(({ file, target }) => folder.test(target) && !folder.test(file) && !isOwn(file, target))
		.map(({ file }) => file);
	// `protocol/index.ts` hands the signature code to the known answers.
	expect([...new Set(importers)].sort()).toEqual([
		'nodes/platforms/registrations.ts',
		'nodes/platforms/registry.ts',
		'protocol/index.ts',
		'protocol/platforms.ts',
	]);
});

test('A name is found in a comparison and in a switch (control)', () => {
	expect(namesIn("if (replyTo.platform === 'wecom') return;")).toBe(true);
	expect(namesIn('case "dingtalk":')).toBe(true);
	expect(namesIn('Feishu takes one receiver a message.')).toBe(false);
});
