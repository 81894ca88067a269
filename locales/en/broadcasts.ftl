### What the state office says to many by SMS: the words of broadcasts/*.yaml.

booth-meeting = Namaste { $name }! The meeting of booth presidents is on { $day } at 10 in the morning. Please do come. { -party }
