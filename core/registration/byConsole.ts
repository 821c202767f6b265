import type { Bilingual } from '../../protocol/registration';
import type { Platform } from '../../protocol/message';
import { html, type Html } from '../common/html';
import { both } from './forms';

/* How a bot is made without a scan: in the platform's console, as docs/connect/ tells it at length. */

const DOCS = 'https://github.com/clawbot/n8n-nodes-clawbot/blob/main/docs/connect';

const STEPS: Readonly<Record<Platform, readonly Bilingual[]>> = {
	dingtalk: [
		{
			zh: '在 open-dev.dingtalk.com 创建企业内部应用，添加“机器人”能力，消息接收模式选 Stream 模式，发布版本。',
			en: 'At open-dev.dingtalk.com create an internal app, add 机器人, choose 消息接收模式 → Stream 模式, publish a version.',
		},
		{
			zh: '在 n8n 中新建 DingTalk App API 凭证，填入 Client ID 和 Client Secret。',
			en: 'In n8n create a credential DingTalk App API with Client ID and Client Secret.',
		},
	],
	feishu: [
		{
			zh: '在 open.feishu.cn 创建企业自建应用，添加“机器人”能力，开通上面列出的权限，发布版本。',
			en: 'At open.feishu.cn create a custom app, add 机器人 and the permissions that are listed above, publish a version.',
		},
		{
			zh: '在 n8n 中新建 Feishu App API 凭证，填入 App ID 和 App Secret，并在下面的列表中继续。',
			en: 'In n8n create a credential Feishu App API with App ID and App Secret, and go on in the list below.',
		},
		{
			zh: '连接打开后，在“事件与回调”中选择“使用长连接接收事件”和“使用长连接接收回调”，再发布一次。',
			en: 'Once the connection is open choose 事件与回调 → 使用长连接 for events and callbacks, and publish again.',
		},
	],
	wecom: [
		{
			zh: '在企业微信的工作台打开“智能机器人”，以 API 模式创建，选择“使用长连接”。',
			en: 'In WeCom open 工作台 → 智能机器人, create one in API 模式, and choose 使用长连接.',
		},
		{
			zh: '在 n8n 中新建 WeCom AI Bot API 凭证，填入 Bot ID 和 Secret。',
			en: 'In n8n create a credential WeCom AI Bot API with Bot ID and Secret.',
		},
	],
};

export function byConsole(platform: Platform, n8nUrl: string): Html {
	return html`<details>
		<summary>不扫码，在平台后台创建 By the platform’s console</summary>
		<ol>
			${STEPS[platform].map((step) => html`<li>${both(step)}</li>`)}
			<li>
				回到本页：新凭证出现在列表中，可以检查并继续。 Come back here: the credential is in the
				list, where you check it and go on.
			</li>
		</ol>
		<p class="links">
			<a href="${n8nUrl}home/credentials">n8n 凭证 n8n’s credentials</a>
			<a href="${DOCS}/${platform}.zh-CN.md">详细步骤</a>
			<a href="${DOCS}/${platform}.md">All steps</a>
		</p>
	</details>`;
}
