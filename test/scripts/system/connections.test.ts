import { connectionStates } from '../../../scripts/system/connections';
import { smallWorkflow } from '../fixtures';
import type { Workflow } from '../../../scripts/workflows/workflows';

/* What `npm start` says of the long connections, from n8n's log. */

const trigger = (type: string, parameters = {}): Workflow => ({
	...smallWorkflow(type, type),
	nodes: [
		{
			id: type,
			name: type,
			type: `n8n-nodes-clawbot.${type}`,
			typeVersion: 3,
			position: [0, 0],
			webhookId: type,
			parameters,
		},
	],
});

const credential = (type: string, data: object) => ({
	id: type,
	name: type,
	type,
	data,
	real: true,
});
const credentials = [
	credential('dingTalkAppApi', { clientId: 'ding1' }),
	credential('feishuAppApi', { appId: 'cli_1' }),
	credential('weComAppApi', { corpId: 'ww1' }),
	credential('weComAiBotApi', { botId: 'aib1' }),
];
const workflows = [
	trigger('dingTalkTrigger'),
	trigger('feishuTrigger', { connection: 'httpCallback' }),
	trigger('weComTrigger', { authentication: 'aiBot' }),
];

it('shows the last state of each app that is connected, and of no other', async () => {
	const log = [
		'08:00:00.000   info    DingTalk ding1: not connected: HTTP 502. It is tried again by itself.',
		'08:00:01.000   info    DingTalk ding1: connected',
		'08:00:01.000   info    DingTalk ding10: closed',
		'08:00:01.000   warn    DingTalk ding1: refused 1 frame(s), the last one: malformed',
		'08:00:02.000   info    WeCom aib1: not connected: wrong Secret. Copy it anew.',
	].join('\n');
	expect(await connectionStates(workflows, credentials, () => log)).toEqual({
		dingTalkAppApi: 'connected',
		weComAiBotApi: 'not connected: wrong Secret. Copy it anew.',
	});
});

it('waits until each has said something', async () => {
	let looks = 0;
	const logs = () => (++looks > 3 ? 'info DingTalk ding1: connected' : '');
	const states = await connectionStates([workflows[0]!], credentials, logs);
	expect(states).toEqual({ dingTalkAppApi: 'connected' });
});
