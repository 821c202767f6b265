import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { asFields } from '../../../protocol/fields';
import { collect as read, misfit, unreachable } from '../../../protocol/metrics/collect';
import { BadSource, readSource, type Source } from '../../../protocol/metrics/source';
import type { NodeOperation } from '../../shared/operations';
import { failureOf, sampleItems } from '../items';

export const collect: NodeOperation = {
	option: {
		name: 'Turn Pages Into Samples',
		value: 'collect',
		action: 'Turn pages into samples',
		description:
			'What each metrics page says about CPU, memory or latency since it was read before',
	},
	outputs: ['States', 'Samples'],
	properties: [
		{
			displayName: 'Source',
			name: 'source',
			type: 'json',
			required: true,
			default: '',
			placeholder: "{{ $('Read the sources').item.json }}",
			description: 'The row of the table of sources that the page belongs to',
			displayOptions: { show: { operation: ['collect'] } },
		},
	],
	execute(ctx) {
		const now = Date.now();
		const results = ctx.getInputData().map((item, index) => one(ctx, item, index, now));
		return [results.flatMap(({ states }) => states), results.flatMap(({ samples }) => samples)];
	},
};

interface Result {
	states: INodeExecutionData[];
	samples: INodeExecutionData[];
}

/** A row that is wrong and a page that is none become samples too: the others go on. */
function one(ctx: IExecuteFunctions, item: INodeExecutionData, index: number, now: number): Result {
	const row: unknown = ctx.getNodeParameter('source', index);
	let source: Source | undefined;
	try {
		source = readSource(row);
		const failure = failureOf(item);
		if (failure) throw new BadSource(failure);
		const { samples, state } = read(source, item.json.data, now);
		const { id } = asFields(row) as { id?: number };
		return {
			states: [{ json: { id, state }, pairedItem: { item: index } }],
			samples: sampleItems(samples, index),
		};
	} catch (error) {
		if (!(error instanceof BadSource)) throw error;
		const sample = source
			? unreachable(source, error.message, now)
			: misfit(row, error.message, now);
		return { states: [], samples: sampleItems([sample], index) };
	}
}
