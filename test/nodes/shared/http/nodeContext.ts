import { NodeConnectionTypes, type IExecuteFunctions, type INodeType } from 'n8n-workflow';
import { runWorkflow } from '../../../harness';

/** Does something in a running node: n8n's own context is around it. */
export async function inNode<T>(
	work: (ctx: IExecuteFunctions) => Promise<T>,
	signal?: AbortSignal,
): Promise<T> {
	let result: Promise<T> | undefined;
	const node = {
		description: {
			displayName: 'Caller',
			version: 1,
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			properties: [],
		},
		async execute(this: IExecuteFunctions) {
			result = work(this);
			await result.catch(() => {});
			return [[{ json: {} }]];
		},
	} as unknown as INodeType;
	await runWorkflow([{ type: 'dingTalkTrigger' }, { type: 'test.caller' }], {
		types: { 'test.caller': node },
		...(signal && { signal }),
	});
	return await result!;
}
