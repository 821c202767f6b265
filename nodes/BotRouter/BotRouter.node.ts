import {
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';
import type { BotMessage } from '../../protocol/message';
import { ruleFields } from './fields';
import { compileRule, type RouterRule } from './rules';

/** n8n runs this in the editor to draw the outputs: one per rule, and one for the rest. */
const configuredOutputs = (parameters: INodeParameters): object[] => {
	const rules = ((parameters.rules as { values?: Array<{ outputName?: string }> })?.values ??
		[]) as Array<{ outputName?: string }>;
	return [
		...rules.map(({ outputName }, index) => ({
			type: 'main',
			displayName: outputName || `Rule ${index + 1}`,
		})),
		{ type: 'main', displayName: 'Other' },
	];
};

export class BotRouter implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Bot Router',
		name: 'botRouter',
		icon: { light: 'file:botRouter.svg', dark: 'file:botRouter.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle:
			'={{ ($parameter.rules.values || []).length + (($parameter.rules.values || []).length === 1 ? " rule" : " rules") }}',
		description: 'Send bot messages down different ways: by command, keyword, platform, sender …',
		defaults: { name: 'Bot Router' },
		// No AI tool: a tool has one output.
		usableAsTool: undefined,
		inputs: [NodeConnectionTypes.Main],
		outputs: `={{(${configuredOutputs})($parameter)}}`,
		properties: [ruleFields],
	};

	/** A message goes to the output of the first rule that it fits, else to the last output. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { values = [] } = this.getNodeParameter('rules', 0, {}) as { values?: RouterRule[] };
		const matchers = values.map((rule) => compileRule(rule, this.getNode()));
		const outputs: INodeExecutionData[][] = Array.from({ length: values.length + 1 }, () => []);

		for (const [index, item] of this.getInputData().entries()) {
			const message = item.json as Partial<BotMessage>;
			let output = values.length;
			let command: IDataObject | undefined;
			for (const [rule, matches] of matchers.entries()) {
				const found = matches(message);
				if (!found) continue;
				output = rule;
				command = found.command as IDataObject | undefined;
				break;
			}
			outputs[output]?.push({
				...item,
				json: command ? { ...item.json, command } : item.json,
				pairedItem: { item: index },
			});
		}
		return outputs;
	}
}
