import type {
	Bilingual,
	RegistrationError,
	RegistrationProblem,
} from '../../protocol/registration';
import { excerpt } from '../common/redact';
import type { EndedRegistration, OpenRegistration, RegistrationEnding } from './flow';

/* What operators read of a scan: what has happened, and what to do. */

const ENDINGS: Readonly<Record<RegistrationEnding, Bilingual>> = {
	granted: {
		zh: '已确认：机器人已创建，凭证已收到。',
		en: 'Confirmed: the bot is there, and its credentials have come.',
	},
	cancelled: {
		zh: '已取消，二维码不再使用。',
		en: 'Cancelled: nobody asks for this code any more.',
	},
	denied: {
		zh: '扫码的人拒绝了授权。需要时重新生成二维码，并让有权限创建应用的人扫码。',
		en: 'Who scanned the code said no. Show a new code, to somebody who may create apps.',
	},
	expired: {
		zh: '二维码已过期。请重新生成并扫码。',
		en: 'The code has expired. Show a new one and scan it.',
	},
	failed: {
		zh: '平台没有创建机器人。请重新生成二维码再试；多次失败时按文档手动创建。',
		en: 'The platform made no bot. Try a new code; if that fails too, make the bot by hand.',
	},
	wrongApp: {
		zh: '确认的是另一个应用。请重新生成二维码，并选择要更新的应用。',
		en: 'Another app was confirmed. Show a new code, and choose the app that is to be updated.',
	},
	unreachable: {
		zh: '平台两分钟没有应答。请检查网络、代理和扫码服务的地址，再重新生成二维码。',
		en: 'The platform has not answered for two minutes. Check the network, proxies and the address that is asked, then show a new code.',
	},
};

const PROBLEMS: Readonly<Record<RegistrationProblem, Bilingual>> = {
	unreachable: {
		zh: '平台没有应答，无法生成二维码。请检查网络、代理和扫码服务的地址。',
		en: 'The platform does not answer: there is no code. Check the network, proxies and the address that is asked.',
	},
	refused: {
		zh: '平台拒绝生成二维码。请稍后再试，并检查来源名称（source）。',
		en: 'The platform gives no code. Try again later, and check the name of the source.',
	},
	unreadable: {
		zh: '平台的应答中没有可用的二维码。请检查扫码服务的地址。',
		en: 'The answer holds no code that can be used. Check the address that is asked.',
	},
	foreignAddress: {
		zh: '二维码指向的不是该平台的地址，未显示。请检查网络和代理；地址可信时，把它的域名加入设置。',
		en: 'The code leads elsewhere than to the platform, and is not shown. Check the network and proxies; add its domain to the settings if you trust it.',
	},
};

/** More than that nobody reads; what looks like a secret is struck out. */
const MAX_REASON = 200;

function withReason({ zh, en }: Bilingual, reason = ''): Bilingual {
	const said = excerpt(reason, MAX_REASON);
	return said === '' ? { zh, en } : { zh: `${zh}（${said}）`, en: `${en} (${said})` };
}

/** How a scan has ended, and what to do then. */
export const endingWords = ({ ending, reason }: EndedRegistration): Bilingual =>
	withReason(ENDINGS[ending], reason);

/** What stands in the way of a scan that is still waited for; undefined where nothing does. */
export function troubleWords({ trouble }: OpenRegistration): Bilingual | undefined {
	if (!trouble) return undefined;
	const waiting =
		trouble.status === 'unreachable'
			? { zh: '平台暂时没有应答，仍在重试。', en: 'The platform does not answer; still trying.' }
			: {
					zh: '平台报告没有成功；仍可再次扫码。',
					en: 'The platform says that it did not work; the code may be scanned again.',
				};
	return withReason(waiting, trouble.reason);
}

/** Why there is no code to scan, and what to do about it. */
export const problemWords = ({ problem, reason }: RegistrationError): Bilingual =>
	withReason(PROBLEMS[problem], reason);
