import type { IDataObject } from 'n8n-workflow';
import { runWorkflow, type Credentials, type RunOptions, type RunResult } from '../harness';
import { useSandbox } from '../sandbox/helpers';
import { askedIn, type Said } from './asked';

/* Model API, AI Reply and Bot Reply in n8n's engine, with the sandbox as the platforms and the model. */

type Run = RunResult & { json: IDataObject[][] };

export function useAnswering() {
	const { sandbox, control } = useSandbox();
	const credentials: Credentials = {};
	beforeAll(() => {
		const { clawBotModelApi, dingTalkAppApi, feishuAppApi, weComAppApi } = sandbox.world.accounts;
		Object.assign(credentials, { clawBotModelApi, dingTalkAppApi, feishuAppApi, weComAppApi });
	});

	return {
		sandbox,
		control,
		credentials,
		asked: async (platform: Said['platform'], text: string, from?: string) =>
			await askedIn(sandbox, control, { platform, text, from }),
		/** One execution of the node, behind a trigger. */
		async run(
			type: string,
			parameters: IDataObject,
			options: RunOptions & { onError?: string } = {},
		): Promise<Run> {
			const { onError, ...rest } = options;
			const node = {
				type,
				parameters: { options: {}, ...parameters } as never,
				onError: onError as never,
			};
			const nodes = [{ type: 'dingTalkTrigger' }, node];
			const result = await runWorkflow(nodes, { credentials, ...rest });
			const lists = Object.entries(result.outputs).at(-1)![1];
			return { ...result, json: lists.map((list) => list.map((item) => item.json)) };
		},
		/** What somebody was answered. */
		seenBy: async (messageId: unknown): Promise<IDataObject[]> =>
			await control.get(`/answers?messageId=${encodeURIComponent(String(messageId))}`),
		/** Requests to the model. */
		calls: async (kind: string): Promise<IDataObject[]> =>
			(await control.get(`/ledger?platform=model&kind=${kind}`)).entries,
	};
}

/** What a request of the ledger holds. */
export const bodyOf = (entry: IDataObject): IDataObject =>
	JSON.parse(String((entry.request as IDataObject).body));
