import type { Platform } from '../../protocol/message';
import { html, type Html, type Refresh, type Value } from '../common/html';
import { platformName } from '../common/names';
import { qrCodeSvg } from '../common/qrCode';
import { waitMs, type EndedRegistration, type OpenRegistration } from './flow';
import { back, both, botPage, formOf, note, type BotPage, type BotPageContext } from './forms';
import type { Scan, WantedScan } from './scan';
import { endingWords, troubleWords } from './words';

/** The address of a scan's next look. */
export const addressOf = (sealed: string): string => `?scan=${sealed}`;

/** The code of a scan, and the page's next look at it. */
export function codePage(
	{ platform, replaces, updates, flow }: Scan,
	sealed: string,
	context: BotPageContext,
): BotPage {
	const name = platformName(platform);
	const trouble = troubleWords(flow);
	const body = html`<h2>${name}</h2>
		${replaces && note(updates ? UPDATES : REPLACES)}${trouble
			? note(both(trouble))
			: waiting(platform)}
		<div style="max-width: 360px">${qrCodeSvg(flow.address, `二维码 QR code: ${name}`)}</div>
		<p class="links">
			<a href="${flow.address}" rel="noreferrer noopener"
				>在手机上看本页时点这里 On the phone: open it here</a
			>
		</p>
		<p>
			剩余 Time left: ${timeLeft(flow, context.now)}。本页自动刷新。 This page refreshes itself.
		</p>
		${formOf(
			context,
			{ action: 'cancel', scan: sealed },
			html`<button class="bad">取消 Cancel</button>`,
		)}`;
	return botPage(200, body, refreshOf(flow, sealed, context.now));
}

/** Nobody is asked again whom the new bot may talk to. */
const REPLACES =
	'更换：扫码确认后，使用这个凭证的流程立即改用新机器人，不再询问。 Replacing: once the scan is confirmed, the workflows use the new bot without another question.';

const UPDATES =
	'补充权限：请在手机上选择同一个应用。 Adding permissions: choose the same app on the phone.';

/** What a person may get wrong. */
const HINTS: Readonly<Partial<Record<Platform, string>>> = {
	wecom: '请用企业微信，不要用微信。 Use WeCom, not WeChat.',
};

const waiting = (platform: Platform): Html =>
	html`<p>请扫码并在手机上确认。 Scan the code and confirm on the phone. ${HINTS[platform]}</p>`;

function timeLeft({ expiresAt }: OpenRegistration, now: number): string {
	const seconds = Math.max(0, Math.round((expiresAt - now) / 1000));
	return seconds < 120 ? `${seconds} 秒 s` : `${Math.floor(seconds / 60)} 分钟 min`;
}

/** When the platform may be asked again, and not sooner. */
const refreshOf = (flow: OpenRegistration, sealed: string, now: number): Refresh => ({
	seconds: Math.max(1, Math.ceil(waitMs(flow, now) / 1000)),
	address: addressOf(sealed),
});

/** A scan that has ended without a bot: nothing is asked any more. */
export function endedPage(
	wanted: WantedScan,
	ended: EndedRegistration,
	context: BotPageContext,
): BotPage {
	return botPage(
		200,
		html`<h2>${platformName(wanted.platform)}</h2>
			${note(both(endingWords(ended)))}${beginAgain(wanted, context)}${back}`,
	);
}

/** A later scan has begun, or this one has ended in another window. */
export const overPage = (wanted: WantedScan, context: BotPageContext): BotPage =>
	botPage(
		200,
		html`${note(
			'这次扫码已经结束，或者已被后来的扫码取代。 This scan has ended, or a later one has taken its place.',
		)}${beginAgain(wanted, context)}${back}`,
	);

export const beginAgain = (
	{ platform, replaces, updates }: WantedScan,
	context: BotPageContext,
): Html =>
	formOf(
		context,
		{ action: 'begin', platform, ...(replaces && { replaces }), ...(updates && { updates: '1' }) },
		html`<button class="main">重新生成二维码 Show a new code</button>`,
	);

/** A scan that nobody can make anything of: it is of another n8n, or was changed. */
export const unknownScan: Value =
	'无法识别这次扫码：请回到列表重新开始。 This scan is not known here: go back to the list and begin again.';
