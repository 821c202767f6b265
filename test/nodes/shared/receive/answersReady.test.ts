import { HookContext } from 'n8n-core';
import { Workflow, type IConnections, type ICredentialDataDecryptedObject } from 'n8n-workflow';
import { WeComTrigger } from '../../../../nodes/WeCom/WeComTrigger.node';
import {
	additionalDataWith,
	completeNode,
	logged,
	nodeTypesWith,
	runWorkflow,
	type TestNode,
} from '../../../harness';
import { until } from '../../../until';
import { accounts } from '../../platforms';
import { startServer, type Answering, type TestServer } from '../../server';

/* What publishing a workflow makes ready for its first answer. */

const TOKEN = '/cgi-bin/gettoken';
const REFUSED = { errcode: 40001, errmsg: 'invalid credential' };

let server: TestServer;
let fresh = 0;

const willing = ({ path }: { path: string }): Answering => ({
	body: path === TOKEN ? { errcode: 0, access_token: 't', expires_in: 7200 } : { errcode: 0 },
});

beforeEach(async () => {
	logged.length = 0;
	server = await startServer(willing);
});
afterEach(async () => await server.close());

/** One that no other test has used: access tokens are kept by credential. */
const credential = (): ICredentialDataDecryptedObject => ({
	...accounts.weComAppApi,
	baseUrl: server.origin,
	note: `${++fresh}`,
});
const tokensFetched = (): number => server.asked.filter(({ path }) => path === TOKEN).length;

/** Publishes a workflow whose trigger the given nodes follow in a line, as n8n does at its start, too. */
async function publish(
	weComAppApi: ICredentialDataDecryptedObject,
	followers: TestNode[],
	authentication = 'app',
): Promise<void> {
	const types = nodeTypesWith();
	const credentials = { weComAppApi, weComAiBotApi: { ...accounts.weComAiBotApi } };
	const parameters = { authentication, connection: 'httpCallback' };
	const given = [{ type: 'weComTrigger', parameters }, ...followers];
	const nodes = given.map((node) => completeNode(node, types, credentials));
	const connections: IConnections = {};
	for (const [index, { name }] of nodes.slice(0, -1).entries()) {
		connections[name] = { main: [[{ node: nodes[index + 1]!.name, type: 'main', index: 0 }]] };
	}
	const workflow = new Workflow({ id: 'w', nodes, connections, active: true, nodeTypes: types });
	const data = additionalDataWith(credentials, '');
	const ctx = new HookContext(workflow, nodes[0]!, data, 'trigger', 'init');
	const { checkExists } = new WeComTrigger().webhookMethods.default;
	expect(await checkExists.call(ctx)).toBe(true);
}

/** Answers somebody by the app. */
async function answer(weComAppApi: ICredentialDataDecryptedObject) {
	const messageId = `m${++fresh}`;
	const replyTo = { platform: 'wecom', bot: 'app', userId: 'lisi', messageId };
	const node = { type: 'botReply', parameters: { format: 'text', text: 'Hello' } };
	const items = [{ messageId, replyTo }];
	return await runWorkflow([node], { items, credentials: { weComAppApi } });
}

/** Another app's answer takes the same way, and later: what was to be logged before has been logged. */
async function expectNothingLogged(): Promise<void> {
	server.answer = willing;
	expect((await answer(credential())).error).toBeUndefined();
	expect(logged.filter((line) => /^(error|warn)/.test(line))).toEqual([]);
}

it('the first answer of an app finds its access token', async () => {
	const app = credential();
	await publish(app, [{ type: 'botRouter' }, { type: 'aiReply' }]);
	await until(() => tokensFetched() > 0);
	expect((await answer(app)).error).toBeUndefined();
	expect(server.asked.map(({ path }) => path)).toEqual([TOKEN, '/cgi-bin/message/send']);
});

it.each<[string, TestNode[], 'app' | 'aiBot']>([
	['nobody answers', [{ type: 'botRouter' }], 'app'],
	['who would answer is switched off', [{ type: 'aiReply', disabled: true }], 'app'],
	[
		'another app answers',
		[{ type: 'weCom', credentials: { weComAppApi: { id: 'x', name: 'X' } } }],
		'app',
	],
	['an AI bot answers, which needs none', [{ type: 'aiReply' }], 'aiBot'],
])('no token is fetched where %s', async (_, followers, authentication) => {
	await publish(credential(), followers, authentication);
	// The same way, and later: what had been on it would have come.
	await answer(credential());
	expect(tokensFetched()).toBe(1);
});

it('no token is fetched where there is no Secret to fetch it with', async () => {
	await publish({ ...credential(), secret: '' }, [{ type: 'aiReply' }]);
	await answer(credential());
	expect(tokensFetched()).toBe(1);
});

it('a platform that is away lets the workflow be published, and nobody is told', async () => {
	let hungUp = 0;
	server.answer = (_, response) => {
		response.destroy();
		hungUp++;
		return undefined;
	};
	await publish(credential(), [{ type: 'aiReply' }]);
	// What a repetition may change nothing of is asked once more.
	await until(() => hungUp === 2);
	await expectNothingLogged();
});

it('a wrong Secret lets the workflow be published, and the answer says why', async () => {
	server.answer = () => ({ body: REFUSED });
	const app = credential();
	await publish(app, [{ type: 'aiReply' }]);
	await until(() => tokensFetched() > 0);
	await expectNothingLogged();
	server.answer = () => ({ body: REFUSED });
	const { error } = await answer(app);
	expect(error!.context!.failure).toMatchObject({ class: 'badCredentials', code: '40001' });
	expect(tokensFetched()).toBe(3);
});

it('a wrong Secret is tried once, however many workflows of its app n8n starts', async () => {
	server.answer = () => ({ body: REFUSED });
	const app = credential();
	for (let count = 0; count < 10; count++) {
		await publish(app, [{ type: 'aiReply' }]);
		await until(() => tokensFetched() > 0);
		await new Promise((resolve) => setTimeout(resolve, 30));
	}
	expect(tokensFetched()).toBe(1);
});
