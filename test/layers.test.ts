import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { circlesIn, codeTargetsIn, importsOf, targetsIn } from './imports';

const root = join(__dirname, '..');

/** The imports that none of the patterns allows. */
const strays = (folder: string, ...allowed: RegExp[]): string[] =>
	importsOf(folder)
		.filter(({ target }) => !allowed.some((pattern) => pattern.test(target)))
		.map(({ file, target }) => `${file} imports ${target}`);

test('protocol/ imports node:crypto and itself', () => {
	expect(strays('protocol', /^node:crypto$/, /^protocol\//)).toEqual([]);
});

test('core/ imports node:crypto, protocol/ and itself', () => {
	expect(strays('core', /^node:crypto$/, /^protocol\//, /^core\//)).toEqual([]);
});

test('core/common/ imports no other room of core/', () => {
	expect(strays('core/common', /^node:crypto$/, /^protocol\//, /^core\/common\//)).toEqual([]);
});

/** Which rooms of core/ a room may import, beside core/common/: because it decides about what they hold. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
	accessTokens: [],
	alerts: [],
	checks: ['delivery', 'keyRotation'],
	common: [],
	connection: [],
	deadLetters: ['delivery'],
	delivery: [],
	keyRotation: ['accessTokens'],
	maintenance: [],
	metrics: ['connection'],
	registration: [],
	robotApi: ['accessTokens', 'delivery'],
};

/** Imports between rooms of core/ that the table does not have. */
function strayRooms(rooms: Readonly<Record<string, readonly string[]>>): string[] {
	return importsOf('core').flatMap(({ file, target }) => {
		const [from, to] = [file, target].map((path) => /^core\/(\w+)\//.exec(path)?.[1]);
		const isFree = to === undefined || to === from || to === 'common';
		return isFree || rooms[from!]?.includes(to) ? [] : [`${file} imports ${target}`];
	});
}

test('A room of core/ imports another one only where the table says so', () => {
	expect(strayRooms(ROOMS)).toEqual([]);
	expect(Object.keys(ROOMS)).toEqual(readdirSync(join(root, 'core')).sort());
	// Each entry is needed: without it, an import would be a stray one.
	for (const [from, others] of Object.entries(ROOMS)) {
		for (const to of others) {
			const fewer = { ...ROOMS, [from]: others.filter((each) => each !== to) };
			expect([from, to, strayRooms(fewer).length > 0]).toEqual([from, to, true]);
		}
	}
});

test('nodes/ import n8n-workflow, node:crypto, protocol/, core/ and nodes/', () => {
	const n8n = /^(n8n-workflow|@n8n\/ai-node-sdk)$/;
	const own = /^(protocol|core|nodes)\//;
	expect(strays('nodes', n8n, /^node:crypto$/, own)).toEqual([]);
});

test('credentials/ import n8n-workflow, node:crypto, protocol/, core/, each other, and how nodes make requests', () => {
	const own = /^(protocol|core|credentials|nodes\/shared\/http)\//;
	expect(strays('credentials', /^n8n-workflow$/, /^node:crypto$/, own)).toEqual([]);
});

test.each(['DingTalk', 'Feishu', 'WeCom'])('nodes/%s knows no other platform', (platform) => {
	const lower = platform.toLowerCase();
	const own = [
		new RegExp(`^nodes/(shared|${platform})/`),
		new RegExp(`^protocol/(\\w+$|${lower}/)`),
		/^core\/(common|delivery)\//,
	];
	expect(strays(`nodes/${platform}`, /^n8n-workflow$/, /^node:/, ...own)).toEqual([]);
	expect(
		strays(
			`protocol/${lower}`,
			/^node:/,
			/^protocol\/markdown\//,
			new RegExp(`^protocol/(\\w+$|${lower}/)`),
		),
	).toEqual([]);
});

/** From the top: each room of nodes/shared/ may import those below it, beside the files of `shared/` itself. */
const sharedRooms = ['conversation', 'model', 'send', 'receive', 'node', 'http'];

test.each(sharedRooms)('nodes/shared/%s/ imports no room above it', (room) => {
	const below = sharedRooms.slice(sharedRooms.indexOf(room)).join('|');
	const own = new RegExp(`^nodes/shared/((${below})/|errors$|waiting$)`);
	const layers = [/^n8n-workflow$/, /^node:crypto$/, /^(protocol|core)\//];
	expect(strays(`nodes/shared/${room}`, own, ...layers)).toEqual([]);
});

/**
 * What each room of scripts/ may import beside Node's own modules and itself; the commands beside them
 * import all. A fresh clone starts before any package is there: n8n-workflow is types, or for the checks
 * of workflows, which come later; sqlite3 is tried in a process of its own; bcryptjs, qrcode and index.js
 * are asked for when they are there.
 */
const scriptRooms: Array<[room: string, ...others: string[]]> = [
	['machine', 'sqlite3$'],
	['workflows', 'scripts/machine/', 'n8n-workflow$'],
	['system', 'scripts/(machine|workflows)/', '(bcryptjs|index\\.js)$'],
	['transfer', 'scripts/(machine|workflows|system)/'],
	['connect', 'scripts/(machine|workflows|system|transfer)/', '(qrcode|index\\.js)$'],
	['bench', 'scripts/(machine|workflows|system)/'],
	['vectors', 'scripts/machine/', 'index\\.js$'],
	['faults', 'scripts/(machine|workflows|system)/'],
];

test.each(scriptRooms)('scripts/%s/ imports what it may', (room, ...others) => {
	const allowed = ['node:', `scripts/${room}/`, ...others].map((start) => new RegExp(`^${start}`));
	expect(strays(`scripts/${room}`, ...allowed)).toEqual([]);
});

test('The watchdog is one file that needs Node alone', () => {
	const text = readFileSync(join(root, 'scripts/watchdog.js'), 'utf8');
	expect(targetsIn(text).filter((target) => !target.startsWith('node:'))).toEqual([]);
});

test('Imports are found in every form, so that the rules above can fail', () => {
	const text = [
		"import type { A } from '../a';",
		'export * from "./b";',
		"import 'c';",
		"const d = require('d');",
		"const e = await import('e');",
		"import {\n\tf,\n} from 'f';",
	].join('\n');
	expect(targetsIn(text)).toEqual(['../a', './b', 'c', 'd', 'e', 'f']);
	expect(importsOf('nodes').length).toBeGreaterThan(100);
	expect(strays('nodes', /^n8n-workflow$/).length).toBeGreaterThan(50);
});

const FOLDERS = ['protocol', 'core', 'credentials', 'nodes', 'sandbox', 'scripts', 'test'];

test('No file imports itself through others; a file that did would be found', () => {
	const imports = FOLDERS.flatMap((folder) => importsOf(folder, codeTargetsIn));
	expect(circlesIn(imports)).toEqual([]);
	const back = { file: 'protocol/verify.ts', target: 'protocol/wecom/xml' };
	expect(circlesIn([...imports, back])).toEqual([
		expect.stringMatching(
			/protocol\/wecom\/xml\.ts → protocol\/verify\.ts|protocol\/verify\.ts → protocol\/wecom\/xml\.ts/,
		),
	]);
});

test('The published files hold neither sandbox, scripts nor tests, and need no package at run time', () => {
	const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	expect(manifest).not.toHaveProperty('dependencies');
	for (const file of manifest.files as string[]) expect(file).not.toMatch(/sandbox|scripts|test/);
});
