import {
	NodeConnectionTypes,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { questionOf } from '../shared/node/incoming';
import { testModel } from '../shared/model/credentialTest';
import { eachItem } from '../shared/node/items';
import { modelOptions, modelProperties } from '../shared/model/fields';
import { ask, concurrencyOf, searchModels } from '../shared/model/model';

export class ModelApi implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Model API',
		name: 'modelApi',
		icon: { light: 'file:modelApi.svg', dark: 'file:modelApi.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter.model || "recommended model" }}',
		description: 'Ask a large model: DeepSeek, Qwen, GLM, Kimi, Doubao or any compatible API',
		defaults: { name: 'Model API' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'clawBotModelApi', required: true, testedBy: 'testModel' }],
		properties: [
			...modelProperties,
			{
				displayName: 'Question',
				name: 'question',
				type: 'string',
				typeOptions: { rows: 4 },
				default: '',
				placeholder: 'The text of the message',
				description: 'Empty: the text of the message from the trigger, below what it quotes',
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add option',
				default: {},
				options: modelOptions,
			},
		],
	};

	methods = { credentialTest: { testModel }, listSearch: { searchModels } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const results = await eachItem(this, concurrencyOf(this), async (item, index) => {
			const own = this.getNodeParameter('question', index, '') as string;
			const answer = await ask(this, own || questionOf(this, index, item.json), index);
			return { answer: answer as unknown as IDataObject };
		});
		return [results];
	}
}
