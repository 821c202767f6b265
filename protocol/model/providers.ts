import { pastedUrl } from '../pasted';

/** Providers of OpenAI-compatible model APIs, by their official addresses. */
export interface Provider {
	id: string;
	/** As it stands in a list. */
	name: string;
	/** In front of `/chat/completions`. */
	baseUrl: string;
	/** A model that fits a chat bot; the list of all comes from the provider. */
	defaultModel: string;
}

export const providers: readonly Provider[] = [
	{
		id: 'deepseek',
		name: 'DeepSeek (深度求索)',
		baseUrl: 'https://api.deepseek.com/v1',
		defaultModel: 'deepseek-chat',
	},
	{
		id: 'dashscope',
		name: 'Qwen, DashScope (通义千问)',
		baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
		defaultModel: 'qwen-plus',
	},
	{
		id: 'dashscopeIntl',
		name: 'Qwen, DashScope International',
		baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
		defaultModel: 'qwen-plus',
	},
	{
		id: 'zhipu',
		name: 'Zhipu GLM (智谱)',
		baseUrl: 'https://open.bigmodel.cn/api/paas/v4',
		defaultModel: 'glm-4-flash',
	},
	{
		id: 'moonshot',
		name: 'Moonshot Kimi (月之暗面)',
		baseUrl: 'https://api.moonshot.cn/v1',
		defaultModel: 'moonshot-v1-8k',
	},
	{
		id: 'doubao',
		name: 'Doubao, Volcengine Ark (豆包)',
		baseUrl: 'https://ark.cn-beijing.volces.com/api/v3',
		defaultModel: '',
	},
	{
		id: 'qianfan',
		name: 'Baidu Qianfan (百度千帆)',
		baseUrl: 'https://qianfan.baidubce.com/v2',
		defaultModel: 'ernie-4.0-turbo-8k',
	},
	{
		id: 'hunyuan',
		name: 'Tencent Hunyuan (腾讯混元)',
		baseUrl: 'https://api.hunyuan.cloud.tencent.com/v1',
		defaultModel: 'hunyuan-turbos-latest',
	},
	{
		id: 'siliconflow',
		name: 'SiliconFlow (硅基流动)',
		baseUrl: 'https://api.siliconflow.cn/v1',
		defaultModel: 'Qwen/Qwen2.5-7B-Instruct',
	},
	{
		id: 'minimax',
		name: 'MiniMax',
		baseUrl: 'https://api.minimaxi.com/v1',
		defaultModel: 'MiniMax-Text-01',
	},
];

/** Ends of addresses that documentation shows, below the one that is asked for. */
const CALLS =
	/(?:\/+(?:chat\/completions?|chat-completions|completions?|models|embeddings?|responses))+\/*(?=$|\?)/i;
/** The same where only the version of the API in front tells that they are calls of it. */
const CALLS_OF_VERSION =
	/(?<=\/v\d[\w.]*)\/+(?:chat|models|responses|messages|images|audio|files|batches|rerank|moderations)(?:\/[^?]*)?(?=$|\?)|(?<=\/v\d[^?]*)(?<!\/deployments)\/+chat\/*(?=$|\?)/i;

/** The address of a credential: its own where it names one, else its provider's. */
export function baseUrlOf(provider: string, baseUrl: string): string {
	const own = pastedUrl(baseUrl) || providers.find(({ id }) => id === provider)?.baseUrl;
	if (!own) throw new Error('Fill in Base URL: it has no default for this provider');
	return own.replace(CALLS.test(own) ? CALLS : CALLS_OF_VERSION, '');
}
