// The host of the tests: loads the plug-in as the registrar does, and calls it from many threads at a time.
//
//     registrar LIBRARY SOCKET USER THREADS CALLS REGISTER_FILE [throw]
//
// Each thread calls takeAction so often, with a Call-ID of its own each time: "@@CALL@@" in the file is replaced. Prints
// the longest and the mean time of a call in nanoseconds. With "throw" the message's accessors throw.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <dlfcn.h>
#include <pthread.h>
#include <time.h>

#include "net/SipMessage.h"
#include "os/OsConfigDb.h"
#include "registry/RegisterPlugin.h"

namespace
{
bool isFaulty = false;
const char CALL_SLOT[] = "@@CALL@@";
} // namespace

UtlString::UtlString() : mText(new char[1]()), mLength(0) {}
UtlString::UtlString(const char* text) : mText(NULL), mLength(0) { assign(text, strlen(text)); }
UtlString::UtlString(const UtlString& other) : mText(NULL), mLength(0) { assign(other.mText, other.mLength); }
UtlString::~UtlString() { delete[] mText; }

UtlString& UtlString::operator=(const UtlString& other)
{
   if (this != &other)
      assign(other.mText, other.mLength);
   return *this;
}

void UtlString::assign(const char* text, size_t length)
{
   char* const copy = new char[length + 1];
   memcpy(copy, text, length);
   copy[length] = '\0';
   delete[] mText;
   mText = copy;
   mLength = length;
}

size_t UtlString::length() const { return mLength; }
const char* UtlString::data() const { return mText; }

OsConfigDb::OsConfigDb(const char* socket, const char* user) : mSocket(socket), mUser(user) {}
OsConfigDb::~OsConfigDb() {}

OsStatus OsConfigDb::get(const UtlString& key, UtlString& value) const
{
   const char* found = strcmp(key.data(), "SOCKET") == 0 ? mSocket : strcmp(key.data(), "USER") == 0 ? mUser : "";
   value.assign(found, strlen(found));
   return *found == '\0' ? OS_NOT_FOUND : OS_SUCCESS;
}

HttpMessage::HttpMessage(const char* bytes, size_t length) { mBytes.assign(bytes, length); }
HttpMessage::~HttpMessage() {}

void HttpMessage::getBytes(UtlString* bytes, ssize_t* length, bool) const
{
   if (isFaulty)
      throw std::runtime_error("no bytes");
   *bytes = mBytes;
   *length = static_cast<ssize_t>(mBytes.length());
}

SipMessage::SipMessage(const char* bytes, size_t length) : HttpMessage(bytes, length) {}
SipMessage::~SipMessage() {}

void SipMessage::getToUri(UtlString* uri) const
{
   if (isFaulty)
      throw 42;
   const char* const to = strstr(mBytes.data(), "\nTo: <");
   const char* const begin = to == NULL ? "" : to + strlen("\nTo: <");
   uri->assign(begin, strcspn(begin, ">"));
}

namespace
{

struct Task
{
   RegisterPlugin* plugin;
   const std::string* text;
   int number;
   int calls;
   long longest;
   long sum;
};

long nanoseconds()
{
   timespec now;
   clock_gettime(CLOCK_MONOTONIC, &now);
   return now.tv_sec * 1000000000L + now.tv_nsec;
}

void* work(void* argument)
{
   Task& task = *static_cast<Task*>(argument);
   for (int call = 0; call < task.calls; ++call)
   {
      std::ostringstream id;
      id << task.number << "-" << call;
      std::string text = *task.text;
      const size_t slot = text.find(CALL_SLOT);
      if (slot != std::string::npos)
         text.replace(slot, strlen(CALL_SLOT), id.str());
      const SipMessage message(text.data(), text.size());
      const long begin = nanoseconds();
      task.plugin->takeAction(message, 300, NULL);
      const long taken = nanoseconds() - begin;
      task.longest = taken > task.longest ? taken : task.longest;
      task.sum += taken;
   }
   return NULL;
}

typedef RegisterPlugin* (*Factory)(const UtlString& name);

Factory load(const char* library)
{
   void* const handle = dlopen(library, RTLD_NOW | RTLD_GLOBAL);
   if (handle == NULL)
      throw std::runtime_error(dlerror());
   void* const symbol = dlsym(handle, "getRegisterPlugin");
   if (symbol == NULL)
      throw std::runtime_error("no factory");
   Factory factory;
   memcpy(&factory, &symbol, sizeof factory);
   return factory;
}

void run(char** arguments)
{
   RegisterPlugin* const plugin = load(arguments[1])(UtlString("AUTOPROV"));
   OsConfigDb config(arguments[2], arguments[3]);
   plugin->readConfig(config);
   std::ifstream file(arguments[6], std::ios::binary);
   std::ostringstream content;
   content << file.rdbuf();
   const std::string text = content.str();
   const int threads = atoi(arguments[4]);
   const int calls = atoi(arguments[5]);
   std::vector<Task> tasks(threads);
   std::vector<pthread_t> ids(threads);
   for (int number = 0; number < threads; ++number)
   {
      const Task task = {plugin, &text, number, calls, 0, 0};
      tasks[number] = task;
      if (pthread_create(&ids[number], NULL, work, &tasks[number]) != 0)
         throw std::runtime_error("no thread");
   }
   long longest = 0, sum = 0;
   for (int number = 0; number < threads; ++number)
   {
      pthread_join(ids[number], NULL);
      longest = tasks[number].longest > longest ? tasks[number].longest : longest;
      sum += tasks[number].sum;
   }
   std::cout << longest << " " << sum / (static_cast<long>(threads) * calls) << std::endl;
   delete static_cast<Plugin*>(plugin);
}

} // namespace

int main(int count, char** arguments)
{
   if (count < 7)
      return 2;
   isFaulty = count > 7;
   try
   {
      run(arguments);
   }
   catch (const std::exception& error)
   {
      std::cerr << error.what() << std::endl;
      return 1;
   }
   return 0;
}
