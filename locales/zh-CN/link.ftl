# Pages behind a link sent to a registrant. Plain words; never a word of what was registered.

link-title = 核实联系方式
link-hello = 您好
link-why = 您收到这个链接，是因为有人用这个邮箱在{$x}登记。请告诉我们，这个邮箱是不是您的。
link-verify = 是我，邮箱正确
link-verify-what = 按下之后，我们就知道能用这个邮箱找到您。
link-else = 不是您？
link-not-me = 这不是我
link-not-me-what = 不用填任何东西。按下之后，我们就不再往这个邮箱发信。
link-once = 这个链接只能用一次，过期后自动失效。打开这一页不会改变任何东西。
link-verified = 谢谢，已经核实
link-verified-what = 您不用再做什么，可以关上这一页。
link-anytime = 您随时可以更正资料、改变决定，或要求删除。
link-stopped = 已经停止
link-stopped-what = 谢谢您告诉我们。不会再往这个邮箱发信。打扰了。
link-gone = 这个链接现在不能用
link-gone-what = 它可能已经用过，或者过期了。没有任何改动。
link-gone-do = 如果还想核实，请联系{$x}，会再发一封。
link-unsubscribe = 不想再收到邮件
link-unsubscribe-what = 只停邮件，不影响您的登记。
link-unsubscribed-what = 不会再给您发邮件，登记不受影响。
