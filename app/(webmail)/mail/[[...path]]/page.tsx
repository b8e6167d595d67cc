// An address of the webmail; what it shows is decided by the frame in the layout, from the URL.

export default function Page() {
  return null;
}
