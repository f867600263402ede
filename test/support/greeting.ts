/** A project whose one program greets everybody in `people.csv`, which has the columns `id` and `email`. */
export const greeting = `project shop < time zone "UTC"  currency EUR  sender "Shop <shop@shop.example>"  postal address "Main Street 1" >
contact < id text key  email email >
load contact from csv "people.csv" < id from id  email from email >
topic news "News" opt out
segment All where everyone
email hello < subject "Hello"  text "Hi"  topic news >
program greet for All < why "Everybody is greeted"  goal unsubscribed  send hello  wait 9d >
`;
