import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { permissions } from '../../protocol/feishu/permissions';
import { read } from './pages';

/* What an app that is made by a scan asks for is what the nodes need, and what people who make one by hand read. */

const root = join(__dirname, '../..');
const names = permissions.map(({ name }) => name).sort();

/** Names of scopes, events and callbacks in a text. */
const namedIn = (text: string): string[] =>
	[
		...new Set(
			[...text.matchAll(/`((?:im|card|contact|cardkit|application)[:.][\w.:]+)`/g)].map(
				([, name]) => name!,
			),
		),
	].sort();

test.each(['docs/connect/feishu.md', 'docs/connect/feishu.zh-CN.md'])(
	'%s names them all',
	(page) => {
		expect(namedIn(read(page))).toEqual(names);
	},
);

const source = (folder: string): string =>
	readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts'))
		.map((name) => readFileSync(join(root, folder, name), 'utf8'))
		.join('\n');

test('They are those of all calls of the nodes', () => {
	const paths = source('nodes/Feishu').matchAll(/\/open-apis\/(\w+\/v\d\/\w+)/g);
	/** The scope of a call; who the bot is may be asked without one. */
	const scopes: Record<string, string | undefined> = {
		'im/v1/messages': 'im:message',
		'bot/v3/info': undefined,
	};
	const called = new Set([...paths].map(([, path]) => path!));
	expect([...called].sort()).toEqual(Object.keys(scopes).sort());
	const received = ['im:message.p2p_msg:readonly', 'im:message.group_at_msg:readonly'];
	const needed = [...called].flatMap((path) => scopes[path] ?? []);
	expect([...needed, ...received].sort()).toEqual(namesOf('scope'));
});

test('They are all that has a meaning of its own when it comes', () => {
	const types = [...source('protocol/feishu').matchAll(/envelope\.type === '([\w.]+)'/g)];
	const known = [...new Set(types.map(([, type]) => type!))].sort();
	expect(known).toEqual([...namesOf('event'), ...namesOf('callback')].sort());
});

test('Each has a sentence in Chinese and English', () => {
	for (const { why } of permissions) {
		expect(why.zh).toMatch(/\p{Script=Han}.*。$/u);
		expect(why.en).toMatch(/^[A-Z].*\.$/);
	}
});

function namesOf(kind: string): string[] {
	return permissions
		.filter((each) => each.kind === kind)
		.map(({ name }) => name)
		.sort();
}
