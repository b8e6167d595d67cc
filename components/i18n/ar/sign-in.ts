// Arabic: signing in.
import type { TextsLike } from '../catalogue.ts';
import type { signIn as english } from '../en/sign-in.ts';

export const signIn: TextsLike<typeof english> = {
  'signIn.title': 'تسجيل الدخول إلى Eider',
  'signIn.address': 'عنوان البريد الإلكتروني',
  'signIn.password': 'كلمة المرور',
  'signIn.showPassword': 'إظهار كلمة المرور',
  'signIn.hidePassword': 'إخفاء كلمة المرور',
  'signIn.remember': 'إبقائي مسجّل الدخول',
  'signIn.submit': 'تسجيل الدخول',
  'signIn.failed': 'العنوان أو كلمة المرور غير صحيحة.',
  'signIn.ended': 'انتهت جلستك. سجّل الدخول للمتابعة.',
  'signIn.tagline': 'بريد يواكبك.',
  'signIn.passkey': 'استخدام مفتاح مرور',
  'signIn.or': 'أو',
  'signIn.passkeyFailed': 'لم يُستخدم مفتاح المرور. أعد المحاولة أو سجّل الدخول بكلمة المرور.',
  'signIn.step.title': 'خطوة أخرى',
  'signIn.step.totp': 'أدخل الرمز الذي يعرضه تطبيق المصادقة.',
  'signIn.step.recovery': 'أدخل أحد رموز الاسترداد. يصلح كل منها مرة واحدة.',
  'signIn.step.passkey': 'أكّد بمفتاح المرور.',
  'signIn.step.code': 'الرمز',
  'signIn.step.recoveryCode': 'رمز الاسترداد',
  'signIn.step.submit': 'متابعة',
  'signIn.step.usePasskey': 'استخدام مفتاح مرور',
  'signIn.step.useTotp': 'استخدام تطبيق المصادقة',
  'signIn.step.useRecovery': 'استخدام رمز استرداد',
  'signIn.step.restart': 'البدء من جديد',
};
