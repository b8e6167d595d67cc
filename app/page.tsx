// The front door leads to the inbox; who isn't signed in is sent on from there.
import { redirect } from 'next/navigation';

export default function Home() {
  redirect('/mail/inbox');
}
