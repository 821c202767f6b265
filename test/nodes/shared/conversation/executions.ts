import type { IDataObject } from 'n8n-workflow';
import { Turns } from '../../../../nodes/shared/conversation/turns';
import { runWorkflow, type Credentials, type RunOptions, type TestNode } from '../../../harness';
import { until, useSandbox } from '../../../sandbox/helpers';
import { askedIn } from '../../asked';
import { useModelByHand } from '../../modelByHand';

/* AI Reply and Bot Reply in n8n's engine, several executions at once: who is answered when, and how often. */

interface Run extends RunOptions {
	type?: string;
	parameters?: IDataObject;
	/** Between trigger and answer. */
	before?: TestNode[];
	onError?: string;
}

const common = { model: { mode: 'id', value: 'chat' }, format: 'text', options: {} };

/** What left an execution's answering node by which output. */
interface End {
	answered: IDataObject[];
	failed: IDataObject[];
}

export function useExecutions() {
	const { sandbox, control } = useSandbox();
	const model = useModelByHand();
	const credentials: Credentials = {};
	beforeAll(() => {
		const { dingTalkAppApi, feishuAppApi, weComAppApi } = sandbox.world.accounts;
		const clawBotModelApi = model.credential();
		Object.assign(credentials, { clawBotModelApi, dingTalkAppApi, feishuAppApi, weComAppApi });
	});

	let take: jest.SpyInstance<ReturnType<Turns['take']>, Parameters<Turns['take']>>;
	beforeEach(() => {
		take = jest.spyOn(Turns.prototype, 'take');
	});
	afterEach(() => jest.restoreAllMocks());

	let second = Date.now();

	/** Something that Ann, or somebody else, writes to the bot in Feishu, each a second after the one before. */
	async function says(text: string, from = 'Ann'): Promise<IDataObject> {
		const message = await askedIn(sandbox, control, { platform: 'feishu', text, from });
		const sentAt = new Date((second += 1000)).toISOString();
		return { ...message, sentAt, receivedAt: sentAt };
	}

	/** One execution. */
	async function run(items: IDataObject[], options: Run = {}): Promise<End> {
		const { type = 'aiReply', parameters, before = [], onError, ...rest } = options;
		const node = {
			type,
			parameters: { ...common, ...parameters } as never,
			onError: (onError ?? 'continueErrorOutput') as never,
		};
		const { outputs } = await runWorkflow([{ type: 'feishuTrigger' }, ...before, node], {
			credentials,
			...rest,
			items,
		});
		const lists = Object.entries(outputs).at(-1)![1];
		const [answered = [], failed = []] = lists.map((list) => list.map(({ json }) => json));
		return { answered, failed };
	}

	/** Texts of the items that reached an answering node and wanted their turn. */
	const arrived = (): unknown[] => take.mock.calls.map(([{ text }]) => text);

	return {
		control,
		model,
		says,
		run,
		arrived,
		waitFor: async (count: number): Promise<unknown> =>
			await until(() => arrived().length >= count),
		answersTo: async ({ messageId }: IDataObject, field = 'text'): Promise<string[]> => {
			const path = `/answers?messageId=${encodeURIComponent(String(messageId))}`;
			return (await control.get(path)).map((answer: IDataObject) => answer[field]);
		},
	};
}
