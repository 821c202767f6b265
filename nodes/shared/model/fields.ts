import type { INodeProperties } from 'n8n-workflow';
import { providers } from '../../../protocol/model/providers';

export const DEFAULT_TIMEOUT_SECONDS = 120;
/** Questions of one run that are under way at once: every conversation of a busy bot. */
export const DEFAULT_CONCURRENCY = 500;

/** `DeepSeek: deepseek-chat. …` */
function recommendedModels(): string {
	const named = providers.filter(({ id, defaultModel }) => defaultModel && id !== 'dashscopeIntl');
	return named
		.map(({ name, defaultModel }) => `${name.split(/[ ,]/)[0]}: ${defaultModel}.`)
		.join(' ');
}

/** Which model answers, and how it is told to behave. */
export const modelProperties: INodeProperties[] = [
	{
		displayName: 'Model',
		name: 'model',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		hint: `Empty: the recommended one. ${recommendedModels()} Any other server: the first that it lists, better choose one.`,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'The recommended model',
				typeOptions: { searchListMethod: 'searchModels', searchable: true },
			},
			{ displayName: 'ID', name: 'id', type: 'string', placeholder: 'deepseek-chat' },
		],
	},
	{
		displayName: 'System Prompt',
		name: 'systemPrompt',
		type: 'string',
		typeOptions: { rows: 4 },
		default:
			'You are a helpful assistant in a company chat. Answer briefly, in the language of the question. Say so when you do not know.',
		description: 'Who the model is and how it should answer (系统提示词)',
	},
];

/** The options of a model call, for a node's Options. */
export const modelOptions: INodeProperties[] = [
	{
		displayName: 'Extra Body',
		name: 'extraBody',
		type: 'json',
		default: '{}',
		placeholder: '{"enable_thinking": false}',
		description:
			'Fields that only this provider knows, as JSON. To switch off thinking (关闭思考), Qwen takes <code>{"enable_thinking": false}</code>, GLM, Kimi and Doubao <code>{"thinking": {"type": "disabled"}}</code>. With <code>{"stream": true}</code> the answer is streamed and collected; a model that takes nothing else is asked so by itself.',
	},
	{
		displayName: 'Maximum Answer Length (Tokens)',
		name: 'maxTokens',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 1024,
	},
	{
		displayName: 'Simultaneous Questions',
		name: 'concurrency',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: DEFAULT_CONCURRENCY,
		description:
			'How many messages of one run are with the model at once. Lower it to what your provider allows.',
	},
	{
		displayName: 'Temperature',
		name: 'temperature',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 2, numberPrecision: 1 },
		default: 0.7,
	},
	{
		displayName: 'Timeout (Seconds)',
		name: 'timeoutSeconds',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: DEFAULT_TIMEOUT_SECONDS,
		description: 'How long an answer may take',
	},
];
