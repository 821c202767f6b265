import type { IDataObject } from 'n8n-workflow';
import type { Unsent } from '../../core/delivery/delivery';
import type { OutgoingMessage } from '../../protocol/outgoing';
import { mentioningNobody } from '../../protocol/written';
import { runWorkflow, type Credentials } from '../harness';
import { failure, unsent } from '../core/delivery/rows';
import { EXAMPLES, examples } from '../protocol/messages';
import { passWindows, useSandbox } from '../sandbox/helpers';

/*
 * A message of each type on its whole way behind a failure: kept, claimed, opened and sent by Bot Delivery,
 * with the sandbox's ledger as the judge.
 */

const { sandbox, control } = useSandbox();
/** Limits are kept per credential: every test has its own. */
let fresh = 0;

async function run(type: string, items: unknown[], parameters: IDataObject = {}) {
	const { weComAiBotApi, robots, ...accounts } = sandbox.world.accounts;
	expect([weComAiBotApi, robots]).not.toContain(undefined);
	// n8n runs no node that gets nothing.
	if (items.length === 0) return [];
	const credentials = Object.fromEntries(
		Object.entries(accounts).map(([name, data]) => [name, { ...data, note: fresh }]),
	) as Credentials;
	const node = { type, parameters, onError: 'continueErrorOutput' };
	const nodes = [{ type: 'dingTalkTrigger' }, node] as never;
	const { outputs } = await runWorkflow(nodes, { items: items as IDataObject[], credentials });
	const [first = []] = Object.entries(outputs).at(-1)![1];
	return first.map(({ json }) => json);
}

/** What becomes of a message that has failed: the rows after each step, as the workflows hand them on. */
async function afterFailure(content: OutgoingMessage, fields: Partial<Unsent> = {}) {
	fresh++;
	passWindows();
	const message = unsent({ seed: `outgoing ${fresh}`, content, ...fields });
	const kept = await run('deliveryQueue', [{ error: failure({ unsent: message }) }], {
		operation: 'keepFailures',
	});
	const due = kept.map((row) => ({ ...row, dueAt: Date.now() - 1 }));
	const claimed = await run('deliveryQueue', due, { operation: 'claimDue', questionsAtOnce: 1 });
	const opened = await run('deliveryQueue', claimed.length > 0 ? claimed : [{}], {
		operation: 'open',
	});
	const sent = await run('botDelivery', opened);
	return { kept, sent };
}

const received = async (platform: string): Promise<IDataObject[]> =>
	(await control.get(`/ledger?platform=${platform}&direction=in&kind=send`)).entries;

const robot: Partial<Unsent> = { via: 'groupRobot' };
const app: Partial<Unsent> = { via: 'app', target: { type: 'users', ids: ['zhangsan'] } };
const routes = (['dingtalk', 'feishu', 'wecom'] as const).flatMap((platform) => [
	[platform, 'a group robot', robot] as const,
	[platform, 'the app', app] as const,
]);

describe.each(routes)('On %s through %s', (platform, _, route) => {
	it.each(examples.filter(([type]) => type !== 'raw'))(
		'a waiting %s is sent',
		async (_type, content) => {
			// Group robots know other people than the app does.
			const plain = mentioningNobody(content);
			const { sent } = await afterFailure(plain, { platform, ...route });
			expect(sent).toMatchObject([{ delivery: { platform, parts: 1 } }]);
			const [entry] = await received(platform);
			expect(entry!.refused).toBeFalsy();
			// An app of WeCom's shows no Markdown.
			const [word = ''] = content.text.replace(/\*/g, '').split(' ');
			expect(JSON.stringify(entry)).toContain(word);
		},
	);

	it('a raw message of another platform is sent in words', async () => {
		const other = platform === 'wecom' ? 'dingtalk' : 'wecom';
		const content = { ...EXAMPLES.raw, platform: other } as const;
		await afterFailure(content, { platform, ...route });
		const [entry] = await received(platform);
		expect(JSON.stringify(entry)).toContain(content.text);
		expect(JSON.stringify(entry)).not.toContain('own card');
	});
});

const own = {
	dingtalk: { msgtype: 'text', text: { content: 'own body' }, at: {} },
	feishu: { msg_type: 'text', content: { text: 'own body' } },
	wecom: { msgtype: 'text', text: { content: 'own body' } },
};

it.each(Object.entries(own))('On %s a raw message is sent as it is', async (platform, body) => {
	const content = { ...EXAMPLES.raw, platform, body } as OutgoingMessage;
	const { sent } = await afterFailure(content, { platform: platform as Unsent['platform'] });
	expect(sent).toMatchObject([{ delivery: { parts: 1 } }]);
	expect(await received(platform)).toMatchObject([{ text: 'own body' }]);
});

it('A message that was damaged is kept for people, and nothing is sent', async () => {
	const content = { ...EXAMPLES.image, media: {} } as never;
	const { kept, sent } = await afterFailure(content);
	expect(kept).toMatchObject([{ kind: 'failure', status: 'dead' }]);
	expect(sent).toEqual([]);
	for (const platform of ['dingtalk', 'feishu', 'wecom']) {
		expect(await received(platform)).toEqual([]);
	}
});
