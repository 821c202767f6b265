import type { TokenRules } from '../token';

/** https://developer.work.weixin.qq.com/document/path/91039 */
export const tokenRules: TokenRules = {
	method: 'GET',
	path: '/cgi-bin/gettoken',
	fields: { corpid: 'corpId', corpsecret: 'secret' },
	token: 'access_token',
	seconds: 'expires_in',
	place: { query: 'access_token' },
};
